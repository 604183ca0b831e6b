"""Keeping scenarios on the server: save, share by a short link, find again, delete."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit

import streamlit as st

from ui import kept_keys, opened_version, saving, state
from ui.frame import PAGES, Page, as_written
from ui.ledger import facts_to_keep
from ui.words import Words

_DONE, _REFUSED, _NEW_KEY, _TO_DELETE = (
    "saved_done",
    "saved_refused",
    "saved_new_key",
    "saved_to_delete",
)
CLIENT_UNKNOWN = "local"


def nowhere(page: Page) -> None:
    """Say that nothing is saved here, and how to keep a scenario all the same."""
    t = page.t
    st.title(t("saved.title"), anchor=False)
    st.markdown(t("saved.nowhere"))
    _way_to_share(page)


def account(page: Page, store: saving.Store) -> None:
    """Offer to sign in or out, where one can."""
    if not store.has_sign_in:
        return
    t = page.t
    with st.container(border=True, key="saved_account"):
        if _subject(store) is None:
            st.markdown(t("saved.sign_in_why" if store.is_open_to_all else "saved.sign_in_must"))
            st.button(t("saved.sign_in"), key="sign_in", icon=":material/login:", on_click=st.login)
        else:
            st.markdown(t("saved.signed_in"))
            st.button(
                t("saved.sign_out"), key="sign_out", icon=":material/logout:", on_click=st.logout
            )


def save_this(page: Page, store: saving.Store) -> None:
    """Offer to save the open scenario, and say how that went."""
    t = page.t
    st.header(t("saved.save_title"), anchor=False)
    if not store.is_open_to_all and _subject(store) is None:
        st.info(t("saved.sign_in_first"))
        return
    _outcome(page, store)
    here = opened_version.opened(page.scenario)
    if here is not None:
        st.markdown(t("saved.is_saved", name=as_written(here.name)))
        _short_link(here.reference, page, store)
        return
    with st.container(border=True, key="save_form"):
        key = "saved_name"
        st.text_input(
            t("saved.name"),
            value=t.of(page.scenario.name),
            key=key,
            max_chars=saving.LONGEST_NAME,
            autocomplete="off",
            help=t("saved.name_help"),
        )
        with st.container(horizontal=True):
            st.button(
                t("saved.save"),
                type="primary",
                key="save",
                icon=":material/save:",
                on_click=lambda: _save(page, store, st.session_state[key]),
            )
            last = opened_version.last()
            if last is not None and _may_edit(store, last.id):
                st.button(
                    t("saved.save_version", name=as_written(last.name)),
                    key="save_version",
                    on_click=lambda: _save(page, store, st.session_state[key], version_of=last.id),
                )
    st.caption(_how_long(store, t))


def own(page: Page, store: saving.Store) -> None:
    """List one's own scenarios, each to be opened, shared and deleted."""
    t = page.t
    st.header(t("saved.own_title"), anchor=False)
    try:
        found = store.list_own(subject=_subject(store), keys=kept_keys.known())
    except saving.UnavailableError:
        st.warning(t("saved.not_listed"), icon=":material/cloud_off:")
        return
    if not found:
        st.markdown(t("saved.none"))
    for one in found:
        _one(one, page, store)
    if store.is_open_to_all:
        _key_from_elsewhere(page)
    if st.session_state.pop("saved_opened", False):
        st.switch_page(PAGES["result"][0])


def what_is_stored(page: Page, store: saving.Store) -> None:
    """Say plainly what the server keeps, for how long, and who sees it."""
    t = page.t
    st.header(t("saved.stored_title"), anchor=False)
    st.markdown(t("saved.stored"))
    if store.has_sign_in:
        st.markdown(t("saved.stored_account"))
    if store.is_open_to_all:
        st.markdown(t("saved.stored_browser"))


# --- Saving ------------------------------------------------------------------------------------


def _save(page: Page, store: saving.Store, name: str, *, version_of: str | None = None) -> None:
    name = name.strip() or page.t.of(page.scenario.name)
    address = st.context.ip_address  # not known on one's own machine
    client = address if isinstance(address, str) else CLIENT_UNKNOWN
    scenario, case = page.scenario, page.case

    def act() -> None:
        if version_of is None:
            by = _author(store)
            made = store.save(scenario, began_as=case, name=name, by=by, client=client)
        else:
            by = _author(store, version_of)
            made = store.new_version(
                version_of, scenario, began_as=case, name=name, by=by, client=client
            )
        if made.key is not None:
            kept_keys.add(made.id, made.key)
            st.session_state[_NEW_KEY] = made.key
        opened_version.remember(
            saving.Version(
                id=made.id,
                number=made.number,
                name=name,
                scenario=scenario,
                began_as=case,
                tables=facts_to_keep(),
                saved_at=datetime.now(UTC),
                model_version="",
                ratio=page.evaluation.ratio,
            )
        )
        st.session_state[_DONE] = True

    _attempt(act)


def _attempt(act: Callable[[], None]) -> None:
    """Act, and keep in words' reach why that was not possible."""
    st.session_state.pop(_REFUSED, None)
    try:
        act()
    except saving.SavingError as error:
        st.session_state[_REFUSED] = error


def _outcome(page: Page, store: saving.Store) -> None:
    """Say how the last thing asked went, once."""
    t = page.t
    error = st.session_state.pop(_REFUSED, None)
    if error is not None:
        st.error(_why(error, t), icon=":material/cloud_off:")
        _way_to_share(page)
    if st.session_state.pop(_DONE, False):
        st.success(t("saved.done"), icon=":material/check:")
        key = st.session_state.pop(_NEW_KEY, None)
        if key is not None:
            st.markdown(t("saved.key"))
            st.code(key, language=None, wrap_lines=True)


def _why(error: saving.SavingError, t: Words) -> str:
    match error:
        case saving.NotAllowedError():
            return t("saved.not_allowed")
        case saving.NotFoundError():
            return t("saved.gone")
        case saving.TooMuchError():
            return t("saved.too_much")
        case saving.NotReadableError():
            return t("saved.not_readable")
    return t("saved.not_saved")


def _way_to_share(page: Page) -> None:
    path, icon = PAGES["share"]
    st.page_link(path, label=page.t("saved.share_instead"), icon=icon, query_params=page.address)


def _how_long(store: saving.Store, t: Words) -> str:
    if not store.days:
        return t("saved.for_ever")
    return t.counted("saved.for_days", store.days, number=t.number(store.days))


# --- One's own ---------------------------------------------------------------------------------


def _one(one: saving.Listed, page: Page, store: saving.Store) -> None:
    t = page.t
    with st.container(border=True, key=f"saved_{one.id}"):
        st.html(f"<strong>{escape(one.name)}</strong>")
        said = t.counted(
            "saved.about", one.number, number=t.number(one.number), date=t.date(one.saved_at.date())
        )
        if one.expires_at is not None:
            said += t("saved.until", date=t.date(one.expires_at.date()))
        st.caption(said)
        _short_link(one.id, page, store)
        with st.container(horizontal=True):
            st.button(
                t("saved.open"),
                key=f"open:{one.id}",
                icon=":material/folder_open:",
                help=t("saved.open_help", name=one.name),
                on_click=lambda: _open(store, one.id),
            )
            if st.session_state.get(_TO_DELETE) == one.id:
                st.button(
                    t("saved.delete_sure"),
                    key=f"delete_sure:{one.id}",
                    type="primary",
                    on_click=lambda: _delete(store, one.id),
                )
                st.button(
                    t("saved.delete_not"),
                    key=f"delete_not:{one.id}",
                    on_click=lambda: _ask_to_delete(None),
                )
            else:
                st.button(
                    t("saved.delete"),
                    key=f"delete:{one.id}",
                    icon=":material/delete:",
                    help=t("saved.delete_help", name=one.name),
                    on_click=lambda: _ask_to_delete(one.id),
                )


def _short_link(reference: str, page: Page, store: saving.Store) -> None:
    st.code(_address(reference, page, store), language=None, wrap_lines=True)


def _address(reference: str, page: Page, store: saving.Store) -> str:
    """Return the short address of a scenario, or of one version of it."""
    here = urlsplit(st.context.url or "")
    origin = store.public_url or (f"{here.scheme}://{here.netloc}" if here.netloc else "")
    return f"{origin}/s/{reference}?lang={page.t.language}"


def _open(store: saving.Store, id: str) -> None:
    def act() -> None:
        version = store.open(id)
        state.begin(version.began_as, version.scenario)
        opened_version.remember(replace(version, scenario=state.scenario()))
        state.say_ignored((), opened_version.announced(version))
        st.session_state.saved_opened = True

    _attempt(act)


def _ask_to_delete(id: str | None) -> None:
    st.session_state[_TO_DELETE] = id


def _delete(store: saving.Store, id: str) -> None:
    def act() -> None:
        store.delete(id, by=_author(store, id))
        kept_keys.forget(id)
        opened_version.forget(id)
        _ask_to_delete(None)

    _attempt(act)


def _key_from_elsewhere(page: Page) -> None:
    """Take the key of a scenario that was saved with another browser."""
    t = page.t
    with st.expander(t("saved.elsewhere")):
        st.markdown(t("saved.elsewhere_why"))
        link = st.text_input(
            t("saved.elsewhere_link"), key="elsewhere_link", max_chars=300, autocomplete="off"
        )
        key = st.text_input(
            t("saved.elsewhere_key"),
            key="elsewhere_key",
            max_chars=kept_keys.LONGEST_KEY,
            autocomplete="off",
        )
        named = saving.split_reference(_end_of(link or ""))
        if link and named is None:
            st.html(f'<p class="refused" role="alert">{escape(t("saved.elsewhere_no_link"))}</p>')
        if named is not None and key:
            st.button(
                t("saved.elsewhere_add"),
                key="elsewhere_add",
                on_click=lambda: kept_keys.add(named[0], key.strip()),
            )


def _end_of(link: str) -> str:
    """Return what follows ``/s/`` in a short link, or the text itself."""
    return urlsplit(link.strip()).path.rpartition("/")[2]


# --- Who -----------------------------------------------------------------------------------------


def _subject(store: saving.Store) -> str | None:
    """Return the pseudonym of the account that is signed in, if one is."""
    if not store.has_sign_in:
        return None
    said = st.user.to_dict()
    issuer, subject = said.get("iss"), said.get("sub")
    if not said.get("is_logged_in") or not issuer or not subject:
        return None
    return saving.pseudonym(str(issuer), str(subject))


def _author(store: saving.Store, id: str = "") -> saving.Author:
    return saving.Author(subject=_subject(store), key=kept_keys.known().get(id))


def _may_edit(store: saving.Store, id: str) -> bool:
    """Say whether a scenario is among one's own; if that cannot be known, it is not."""
    try:
        return id in _ids(store.list_own(subject=_subject(store), keys=kept_keys.known()))
    except saving.UnavailableError:
        return False


def _ids(found: Sequence[saving.Listed]) -> set[str]:
    return {one.id for one in found}
