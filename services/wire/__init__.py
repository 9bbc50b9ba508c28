"""How a service hangs on the wire: broker, consumer groups, recovery, quarantine, start and stop.

Everything here is about delivery and knows nothing about news. Services import it; it imports only `contracts`.
"""
