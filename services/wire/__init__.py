"""How a service hangs on the wire: broker, consumer groups, recovery, quarantine, start and stop; and which
addresses strangers may make a service connect to.

Everything here is about delivery and knows nothing about news. Services import it; it imports only `contracts`.
"""
