"""What triggers, lines and the frame of a rule are called: English, Spanish, French."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.rules.fact_words import Words
from domain.rules.triggers import Trigger

TRIGGERS: Mapping[Trigger, Words] = MappingProxyType(
    {
        Trigger.CAPTURED: ("when an order comes in", "cuando entra un pedido", "quand une commande arrive"),
        Trigger.VALIDATED: (
            "when an order has passed all checks",
            "cuando un pedido ha pasado todas las comprobaciones",
            "quand une commande a passé tous les contrôles",
        ),
        Trigger.HELD: (
            "when an order goes on hold",
            "cuando un pedido queda retenido",
            "quand une commande est bloquée",
        ),
        Trigger.POSTED: (
            "when an order is posted to the ERP",
            "cuando un pedido se registra en el ERP",
            "quand une commande est enregistrée dans l'ERP",
        ),
        Trigger.IN_DOUBT: (
            "when it is in doubt whether the ERP took an order",
            "cuando no se sabe si el ERP registró un pedido",
            "quand on ne sait pas si l'ERP a enregistré une commande",
        ),
        Trigger.PICKED: (
            "when the warehouse picks an order",
            "cuando el almacén prepara un pedido",
            "quand l'entrepôt prépare une commande",
        ),
        Trigger.SHIPPED: (
            "when an order is shipped",
            "cuando se envía un pedido",
            "quand une commande est expédiée",
        ),
        Trigger.INVOICED: (
            "when an order is invoiced",
            "cuando se factura un pedido",
            "quand une commande est facturée",
        ),
        Trigger.DELIVERED: (
            "when an order is delivered",
            "cuando se entrega un pedido",
            "quand une commande est livrée",
        ),
        Trigger.RETURN_REQUESTED: (
            "when a return is requested",
            "cuando se solicita una devolución",
            "quand un retour est demandé",
        ),
        Trigger.PAYMENT_RECEIVED: (
            "when a payment is received",
            "cuando se recibe un pago",
            "quand un paiement est reçu",
        ),
        Trigger.STOCK_BELOW_MINIMUM: (
            "when an order takes the stock of an article below its minimum",
            "cuando un pedido deja el stock de un artículo por debajo de su mínimo",
            "quand une commande fait passer le stock d'un article sous son minimum",
        ),
        Trigger.CONNECTION_DOWN: (
            "when a connection is down",
            "cuando una conexión está caída",
            "quand une connexion est en panne",
        ),
        Trigger.NOT_POSTED_AFTER: (
            "when an order has not been posted after {after}",
            "cuando un pedido sigue sin registrarse pasado un plazo de {after}",
            "quand une commande n'est toujours pas enregistrée au bout de {after}",
        ),
        Trigger.APPROVAL_PENDING_FOR: (
            "when an approval has been pending for {after}",
            "cuando una aprobación lleva {after} pendiente",
            "quand une approbation est en attente depuis {after}",
        ),
        Trigger.ON_HOLD_FOR: (
            "when an order has been on hold for {after}",
            "cuando un pedido lleva {after} retenido",
            "quand une commande est bloquée depuis {after}",
        ),
        Trigger.IN_DOUBT_FOR: (
            "when it has been in doubt for {after} whether the ERP took an order",
            "cuando desde hace {after} no se sabe si el ERP registró un pedido",
            "quand on ne sait pas depuis {after} si l'ERP a enregistré une commande",
        ),
        Trigger.NOT_SHIPPED_AFTER: (
            "when an order has not been shipped after {after}",
            "cuando un pedido sigue sin enviarse pasado un plazo de {after}",
            "quand une commande n'est toujours pas expédiée au bout de {after}",
        ),
        Trigger.PAID_NOT_SHIPPED_AFTER: (
            "when a paid order has not been shipped after {after}",
            "cuando un pedido pagado sigue sin enviarse pasado un plazo de {after}",
            "quand une commande payée n'est toujours pas expédiée au bout de {after}",
        ),
    }
)

LINES: Mapping[str, Words] = MappingProxyType(
    {
        "any_line": (
            "on at least one line {part}",
            "en al menos una línea {part}",
            "sur au moins une ligne {part}",
        ),
        "all_lines": (
            "on every line {part}",
            "en todas las líneas {part}",
            "sur toutes les lignes {part}",
        ),
        "no_line": (
            "there is no line on which {part}",
            "en ninguna línea se cumple que {part}",
            "il n'y a aucune ligne sur laquelle {part}",
        ),
    }
)

EXPERT: Words = (
    "the answer of the expert rule {name}",
    "la respuesta de la regla experta {name}",
    "la réponse de la règle experte {name}",
)
EXPERT_SAYS: Mapping[bool, Words] = MappingProxyType(
    {
        True: (
            "the expert rule {name} says yes",
            "la regla experta {name} dice que sí",
            "la règle experte {name} dit oui",
        ),
        False: (
            "the expert rule {name} says no",
            "la regla experta {name} dice que no",
            "la règle experte {name} dit non",
        ),
    }
)

WHOLE: Mapping[str, Words] = MappingProxyType(
    {
        "conditional": ("{when}, if {if}, {then}", "{when}, si {if}, {then}", "{when}, si {if}, {then}"),
        "always": ("{when}, {then}", "{when}, {then}", "{when}, {then}"),
        "off": ("switched off: {rest}", "desactivada: {rest}", "désactivée : {rest}"),
        "scope": (
            "for orders {what}: {rest}",
            "para los pedidos {what}: {rest}",
            "pour les commandes {what} : {rest}",
        ),
        "pairs": ("of the pair {names}", "del par {names}", "de la paire {names}"),
        "stores": ("of the store {names}", "de la tienda {names}", "de la boutique {names}"),
        "from": ("from {moment}: {rest}", "desde el {moment}: {rest}", "à partir du {moment} : {rest}"),
        "until": ("until {moment}: {rest}", "hasta el {moment}: {rest}", "jusqu'au {moment} : {rest}"),
        "from_until": (
            "from {start} until {end}: {rest}",
            "desde el {start} hasta el {end}: {rest}",
            "du {start} au {end} : {rest}",
        ),
        "stop": (
            "{rest}; no later rule is looked at then",
            "{rest}; después no se mira ninguna otra regla",
            "{rest} ; ensuite, aucune autre règle n'est examinée",
        ),
        "match": (
            "{rest}; this is done even where a fact is unknown",
            "{rest}; se hace incluso si falta un dato",
            "{rest} ; cela vaut même si une donnée est inconnue",
        ),
        "skip": (
            "{rest}; nothing is done where a fact is unknown",
            "{rest}; si falta un dato, no se hace nada",
            "{rest} ; si une donnée est inconnue, rien n'est fait",
        ),
        "hold": (
            "{rest}; where a fact is unknown, the order is put on hold",
            "{rest}; si falta un dato, el pedido se retiene",
            "{rest} ; si une donnée est inconnue, la commande est bloquée",
        ),
    }
)
SEEN: Mapping[str, Words] = MappingProxyType(
    {
        "line": ("line {number}: {rest}", "línea {number}: {rest}", "ligne {number} : {rest}"),
        "yes": ("{asked}: yes", "{asked}: sí", "{asked} : oui"),
        "no": ("{asked}: no", "{asked}: no", "{asked} : non"),
        "unknown": ("{asked}: unknown", "{asked}: no se sabe", "{asked} : on ne le sait pas"),
        "was": ("{rest}, it was {value}", "{rest}, el valor era {value}", "{rest}, la valeur était {value}"),
        "empty": ("{rest}, there was none", "{rest}, no había ninguno", "{rest}, il n'y en avait aucun"),
    }
)
