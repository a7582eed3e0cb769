"""What a rule's actions are called in sentences: English, Spanish, French."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from domain.notices import Audience, Channel, NoticeEvent
from domain.rules.actions import (
    Action,
    AddTags,
    CallHook,
    Choose,
    CreateCustomer,
    Hold,
    Notify,
    Reject,
    Release,
    RequestRestock,
    RequireApproval,
    Route,
    SetField,
)
from domain.rules.fact_words import Words
from domain.rules.wording import VALUES, Wording

_WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "require_approval": (
            "the order waits for approval",
            "el pedido queda pendiente de aprobación",
            "la commande attend une approbation",
        ),
        "policy": (
            "the order waits for approval by the policy {policy}",
            "el pedido queda pendiente de aprobación según la política {policy}",
            "la commande attend une approbation selon la politique {policy}",
        ),
        "hold": (
            "the order is put on hold: {reason}",
            "el pedido se retiene: {reason}",
            "la commande est bloquée : {reason}",
        ),
        "release": ("the hold is released", "se levanta la retención", "le blocage est levé"),
        "reject": (
            "the order is rejected: {reason}",
            "el pedido se rechaza: {reason}",
            "la commande est rejetée : {reason}",
        ),
        "choose": (
            "the ERP document gets {choices}",
            "el documento del ERP lleva {choices}",
            "le document de l'ERP reçoit {choices}",
        ),
        "set_field": (
            "the field {target} of the ERP document gets {value}",
            "el campo {target} del documento del ERP recibe {value}",
            "le champ {target} du document de l'ERP reçoit {value}",
        ),
        "request_restock": (
            "the ERP is asked to restock",
            "se pide al ERP la reposición",
            "le réapprovisionnement est demandé à l'ERP",
        ),
        "create_customer": (
            "the customer is created in the ERP first",
            "primero se crea el cliente en el ERP",
            "le client est d'abord créé dans l'ERP",
        ),
        "notify": (
            "{audience} told {channel}",
            "se avisa {audience} {channel}",
            "on prévient {audience} {channel}",
        ),
        "notice": (
            "{rest} with the notice {notice}",
            "{rest} con el aviso {notice}",
            "{rest} avec l'avis {notice}",
        ),
        "text": ("{rest}: {text}", "{rest}: {text}", "{rest} : {text}"),
        "route": (
            "the order goes to the pair {pair}",
            "el pedido pasa al par {pair}",
            "la commande passe à la paire {pair}",
        ),
        "tag": (
            "the order gets the tag {tags}",
            "el pedido recibe la etiqueta {tags}",
            "la commande reçoit l'étiquette {tags}",
        ),
        "tags": (
            "the order gets the tags {tags}",
            "el pedido recibe las etiquetas {tags}",
            "la commande reçoit les étiquettes {tags}",
        ),
        "call_hook": ("the hook {hook} is called", "se llama al hook {hook}", "le hook {hook} est appelé"),
    }
)
CHOICES: Mapping[str, Words] = MappingProxyType(
    {
        "document": ("the type {value}", "el tipo {value}", "le type {value}"),
        "warehouse": ("the warehouse {value}", "el almacén {value}", "l'entrepôt {value}"),
        "series": ("the series {value}", "la serie {value}", "la série {value}"),
        "price_list": ("the price list {value}", "la lista de precios {value}", "la liste de prix {value}"),
        "payment_terms": (
            "the payment terms {value}",
            "las condiciones de pago {value}",
            "les conditions de paiement {value}",
        ),
    }
)
_AUDIENCES: Mapping[Audience, Words] = {
    Audience.CUSTOMER: ("the customer is", "al cliente", "le client"),
    Audience.SALES: ("sales is", "a ventas", "le service commercial"),
    Audience.WAREHOUSE: ("the warehouse is", "al almacén", "l'entrepôt"),
}
_CHANNELS: Mapping[Channel, Words] = {
    Channel.MAIL: ("by mail", "por correo", "par e-mail"),
    Channel.SMS: ("by text message", "por SMS", "par SMS"),
    Channel.WEBHOOK: ("over the webhook {to}", "por el webhook {to}", "par le webhook {to}"),
    Channel.SLACK: ("in Slack ({to})", "en Slack ({to})", "dans Slack ({to})"),
}


def action_phrase(action: Action, wording: Wording) -> str:
    """Return an action as a clause: `the order is put on hold: “look at it”`."""
    return PHRASES[type(action)](action, wording)


def _plain(action: Any, wording: Wording) -> str:
    given = action.model_dump(include={"reason", "target", "value", "pair", "hook"})
    return wording.said(_WORDS[action.do], **{name: _quoted(text, wording) for name, text in given.items()})


def _quoted(text: str, wording: Wording) -> str:
    """Without a full stop of its own: the sentence has one."""
    return wording.quoted(text.strip().removesuffix("."))


def _approval(action: RequireApproval, wording: Wording) -> str:
    key = "policy" if action.policy else "require_approval"
    return wording.said(_WORDS[key], policy=wording.quoted(action.policy))


def _choose(action: Choose, wording: Wording) -> str:
    return wording.said(_WORDS["choose"], choices=wording.listed(_choices(action, wording)))


def _choices(action: Choose, wording: Wording) -> Iterator[str]:
    if action.document:
        kind = wording.said(VALUES["document_kind"][action.document.value])
        yield wording.said(CHOICES["document"], value=wording.quoted(kind))
    for name in ("warehouse", "series", "price_list", "payment_terms"):
        if value := getattr(action, name):
            yield wording.said(CHOICES[name], value=wording.quoted(value))


def _notify(action: Notify, wording: Wording) -> str:
    channel = wording.said(_CHANNELS[action.channel], to=action.to)
    audience = wording.said(_AUDIENCES[action.audience])
    phrase = wording.said(_WORDS["notify"], audience=audience, channel=channel)
    if action.template not in {None, NoticeEvent.RULE}:
        notice = wording.quoted(str(action.template).replace("_", " "))
        phrase = wording.said(_WORDS["notice"], rest=phrase, notice=notice)
    if action.text:
        phrase = wording.said(_WORDS["text"], rest=phrase, text=_quoted(action.text, wording))
    return phrase


def _tags(action: AddTags, wording: Wording) -> str:
    tags = wording.listed(wording.quoted(tag) for tag in action.tags)
    return wording.said(_WORDS["tag" if len(action.tags) == 1 else "tags"], tags=tags)


PHRASES: Mapping[type[Any], Callable[[Any, Wording], str]] = {
    RequireApproval: _approval,
    Hold: _plain,
    Release: _plain,
    Reject: _plain,
    Choose: _choose,
    SetField: _plain,
    RequestRestock: _plain,
    CreateCustomer: _plain,
    Notify: _notify,
    Route: _plain,
    AddTags: _tags,
    CallHook: _plain,
}
