"""Parameters of a URL that tell where a reader came from, never which page is asked for.

The names are facts about the programs that add them. They were checked against the lists that browsers and blockers
strip by (AdGuard's URL tracking filter, Brave's query filter, ClearURLs' global rules). Of those, names that somewhere
choose a page (`spm`, `mc`, `ref`, `cid`, `cmp`) are not taken, or only with values or on hosts where it is certain.
"""

import re

_PREFIXES = (
    "utm_",  # Google Analytics and whoever imitates it
    "at_campaign", "at_medium", "at_custom", "at_link", "at_ptr_name",  # AT Internet, Piano
    "mtm_", "pk_campaign", "pk_cid", "pk_content", "pk_kwd", "pk_keyword", "pk_medium", "pk_source",  # Matomo
    "matomo_", "piwik_",
    "hsa_", "__hs", "_hs",  # HubSpot
    "itm_campaign", "itm_content", "itm_medium", "itm_source", "itm_term",  # Parse.ly
    "dpg_", "bsft_", "oft_", "oly_", "cx_recs", "ns_campaign", "ns_linkname", "ns_mchannel", "ns_source", "ns_fee",
    "guce_", "fb_action_", "hmb_", "vero_", "cm_mmc",
)  # fmt: skip
_NAMES = frozenset((
    # Click ids of advertising networks
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "ymclid", "twclid",
    "ttclid", "li_fat_id", "rdt_cid", "srsltid", "irclickid", "wickedid", "rb_clickid", "cx_click", "awc", "sscid",
    "s_kwcid",
    # Shared links and newsletters
    "igshid", "igsh", "fb_ref", "fb_source", "mc_cid", "mc_eid", "mkt_tok", "hsctatracking", "ml_subscriber",
    "ml_subscriber_hash", "_bhlid", "_kx", "et_rid", "ss_email_id", "sms_click", "sms_source",
    # Measuring readers
    "_ga", "_gl", "usqp", "__twitter_impression", "_openstat", "guccounter", "_branch_match_id",
    "_branch_referrer", "s_cid", "ncid", "cmpid", "icid", "intcmp", "xtor", "wt_mc", "wt.mc_id", "wt_zmc", "wtrid",
    "traffic_source", "partner_rss", "rsssource", "ref_src", "ref_url", "echobox",
    # A reader's session
    "phpsessid", "jsessionid", "cfid", "cftoken",
))  # fmt: skip
_FROM_A_FEED = frozenset(("source", "src", "ref", "from", "via", "partner", "emc", "service", "campaign"))
"""Many things, but with a value that begins with `rss`, where the reader came from."""
_OF_SITES = {
    "theguardian.com": frozenset(("cmp",)),
    "nytimes.com": frozenset(("smid", "smtyp", "emc", "partner")),
    "dw.com": frozenset(("maca",)),
    "youtube.com": frozenset(("feature", "si", "pp")),
    "youtu.be": frozenset(("feature", "si")),
    "twitter.com": frozenset(("s", "t", "cxt")),
    "x.com": frozenset(("s", "t", "cxt")),
    "msn.com": frozenset(("ocid", "cvid", "ei", "pc")),
}
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/;?#]*", re.IGNORECASE)


def tracks(name: str, value: str, host: str) -> bool:
    """Whether the parameter may be left out on `host` (in lower case) without asking for another page."""
    name = name.lower()
    if name in _NAMES or name.startswith(_PREFIXES):
        return True
    if name in _FROM_A_FEED and value.lower().startswith("rss"):
        return True
    site = ".".join(host.split(".")[-2:])
    return name in _OF_SITES.get(site, frozenset())


def without_session(path: str) -> str:
    """Java servers put the session into the path where the reader has no cookies."""
    return _SESSION_IN_PATH.sub("", path)
