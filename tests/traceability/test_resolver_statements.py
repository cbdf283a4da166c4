"""Each statement of the resolvers' conformance list has its tests, or a reason why none applies."""

from pathlib import Path

from tests.shared_data import oracle
from tests.traceability import test_resolver

FILE = oracle("trace", "resolver-testsuite", "ConformantResolver1_0.txt")

STATEMENTS = {
    "For primary keys that have key qualifiers": (
        "test_the_linkset_holds_the_links_of_each_level_up",
        "test_what_is_no_identifier_is_a_bad_request",
    ),
    "SHALL support HTTP 1.1": (
        "test_head_is_answered_as_get_is",
        "test_options_names_the_methods_to_every_origin",
    ),
    "SHALL support HTTP Over TLS": ("test_plain_http_leads_to_https_where_that_is_set",),
    "SHALL support CORS": ("test_options_names_the_methods_to_every_origin",),
    "SHALL extract and syntactically validate": ("test_what_is_no_identifier_is_a_bad_request",),
    "SHALL NOT use a 200 OK": (
        "test_goods_of_others_are_not_found",
        "test_a_type_that_is_not_kept_is_not_found",
    ),
    "A resolver SHALL be able to decompress": (
        "test_a_compressed_address_resolves_and_says_what_it_stands_for",
    ),
    "A resolver SHOULD NOT redirect to the equivalent uncompressed": (
        "test_a_compressed_address_resolves_and_says_what_it_stands_for",
    ),
    "It SHALL expose the uncompressed URI": (
        "test_a_compressed_address_resolves_and_says_what_it_stands_for",
    ),
    "If redirecting to an alternative resolver": "no redirection to other resolvers",
    "SHALL respond to a query parameter of linkType": (
        "test_the_linkset_holds_the_links_of_each_level_up",
    ),
    "If the request GS1 Digital Link URI includes": (
        "test_the_linkset_holds_the_links_of_each_level_up",
    ),
    "The URI used as the subject": ("test_a_compressed_address_is_told_of_in_full_in_its_linkset",),
    "All links in the linkset SHALL include": (
        "test_each_link_has_address_title_and_language_and_the_default_no_more",
    ),
    "If a media type is defined": ("test_media_types_are_those_of_iana",),
    "Links that are typed gs1:defaultLink": (
        "test_each_link_has_address_title_and_language_and_the_default_no_more",
    ),
    "the resolver SHOULD include an HTTP Link header": (
        "test_the_linkset_names_a_context_that_is_served",
    ),
    "The resolver SHALL recognise one available link": (
        "test_each_link_has_address_title_and_language_and_the_default_no_more",
        "test_a_kept_default_goes_before_our_own",
    ),
    "The resolver SHALL redirect to the default link": (
        "test_a_product_leads_to_its_page_and_says_where_all_its_links_are",
    ),
    "For any request URI, no matter how granular": (
        "test_a_unit_leads_to_its_page_with_what_the_label_says",
        "test_an_unknown_lot_leads_to_the_page_of_its_product",
    ),
    "SHALL redirect to the requested type": ("test_type_and_language_decide_where_it_leads",),
    "SHALL return a 404": ("test_a_type_that_is_not_kept_is_not_found",),
    "By default, SHALL pass on all key=value pairs": ("test_the_query_travels_along",),
    "SHOULD support use of the Accept-Language": ("test_type_and_language_decide_where_it_leads",),
    "The resolver SHALL provide a resolver description file": (
        "test_the_description_names_the_keys",
    ),
    "The list of supported primary identifiers": ("test_the_description_names_the_keys",),
    "A context file that can be used": ("test_the_linkset_names_a_context_that_is_served",),
    "If supporting redirection based on an MO": "no redirection by company prefix",
    "SHOULD tolerate trailing slashes": ("test_a_slash_at_the_end_does_no_harm",),
}
"""The beginning of each statement: names of tests, or why none applies."""


def statements(file: Path) -> list[str]:
    """The statements of the list; lines that only name a group are none."""
    text = file.read_text(encoding="utf-8")
    lines = [line.strip().removeprefix("- ") for line in text.split("\n")]
    return [line for line in lines if line and not line.startswith("(") and line[-1] != ":"]


def test_each_statement_of_the_list_is_in_the_table_and_nothing_else_is():
    listed = statements(FILE)

    open_ones = [line for line in listed if not any(line.startswith(s) for s in STATEMENTS)]
    strays = [s for s in STATEMENTS if not any(line.startswith(s) for line in listed)]
    assert (open_ones, strays) == ([], [])


def test_what_the_table_names_are_tests():
    named = {name for told in STATEMENTS.values() if not isinstance(told, str) for name in told}

    assert [name for name in sorted(named) if not hasattr(test_resolver, name)] == []
