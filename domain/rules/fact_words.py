"""What facts are called in sentences: English, Spanish, French."""

from collections.abc import Mapping
from types import MappingProxyType

Words = tuple[str, str, str]
"""English, Spanish, French."""

FACT_WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "total": ("the total", "el total", "le total"),
        "net_total": ("the total without tax", "el total sin impuestos", "le total hors taxes"),
        "discount": ("the discount", "el descuento", "la remise"),
        "discount_percent": (
            "the discount percentage",
            "el porcentaje de descuento",
            "le pourcentage de remise",
        ),
        "shipping_cost": ("the shipping cost", "el coste de envío", "le montant des frais de port"),
        "currency": ("the currency", "la moneda", "la devise"),
        "line_count": ("the number of lines", "el número de líneas", "le nombre de lignes"),
        "pieces": ("the number of pieces", "el número de unidades", "le nombre d'unités"),
        "store": ("the store", "la tienda", "la boutique"),
        "store_status": ("the store's status", "el estado en la tienda", "l'état dans la boutique"),
        "pair": ("the pair", "el par", "la paire"),
        "country": ("the delivery country", "el país de entrega", "le pays de livraison"),
        "postcode": ("the delivery postcode", "el código postal de entrega", "le code postal de livraison"),
        "state": ("the delivery state", "la provincia de entrega", "la région de livraison"),
        "billing_country": ("the billing country", "el país de facturación", "le pays de facturation"),
        "addresses_differ": (
            "the delivery goes to another address than the invoice",
            "la entrega va a otra dirección que la factura",
            "la livraison va à une autre adresse que la facture",
        ),
        "carrier": ("the carrier", "el transportista", "le transporteur"),
        "payment_method": ("the payment method", "la forma de pago", "le mode de paiement"),
        "paid": ("the order is paid", "el pedido está pagado", "la commande est payée"),
        "customer_group": ("the customer group", "el grupo de clientes", "le groupe de clients"),
        "customer_language": ("the customer's language", "el idioma del cliente", "la langue du client"),
        "guest": ("the buyer is a guest", "el comprador es un invitado", "l'acheteur est un invité"),
        "company": ("the buyer is a company", "el comprador es una empresa", "l'acheteur est une société"),
        "has_vat_id": (
            "the buyer has a VAT id",
            "el comprador tiene NIF-IVA",
            "l'acheteur a un numéro de TVA",
        ),
        "placed_on": ("the day of the order", "el día del pedido", "le jour de la commande"),
        "placed_at": ("the time of the order", "la hora del pedido", "l'heure de la commande"),
        "placed_weekday": (
            "the weekday of the order",
            "el día de la semana del pedido",
            "le jour de la semaine de la commande",
        ),
        "time": ("the time of day", "la hora actual", "l'heure actuelle"),
        "weekday": ("the weekday", "el día de la semana", "le jour de la semaine"),
        "deliver_by": (
            "the promised delivery day",
            "el día de entrega prometido",
            "le jour de livraison promis",
        ),
        "days_to_deliver": (
            "the number of days left to deliver",
            "el número de días hasta la entrega",
            "le nombre de jours restants pour livrer",
        ),
        "tags": ("the tags", "las etiquetas", "les étiquettes"),
        "customer_is_new": ("the customer is new", "el cliente es nuevo", "le client est nouveau"),
        "customer_code": (
            "the customer's code in the ERP",
            "el código del cliente en el ERP",
            "le code du client dans l'ERP",
        ),
        "credit_limit": ("the credit limit", "el límite de crédito", "le plafond de crédit"),
        "credit_used": ("the credit used", "el crédito utilizado", "le crédit utilisé"),
        "credit_left": ("the credit left", "el crédito disponible", "le crédit disponible"),
        "in_stock": ("everything is in stock", "todo está en stock", "tout est en stock"),
        "findings": (
            "what the checks found",
            "lo que encontraron las comprobaciones",
            "ce que les contrôles ont trouvé",
        ),
        "age": ("the order's age", "la antigüedad del pedido", "l'âge de la commande"),
        "stage": ("the stage", "la fase", "l'étape"),
        "stage_age": ("the time in this stage", "el tiempo en esta fase", "le temps dans cette étape"),
        "hold_reason": ("the reason of the hold", "el motivo de la retención", "le motif du blocage"),
        "hold_group": ("the kind of the hold", "el tipo de la retención", "le type du blocage"),
        "document_kind": (
            "the ERP document's type",
            "el tipo de documento del ERP",
            "le type de document de l'ERP",
        ),
        "document_state": (
            "the ERP document's state",
            "el estado del documento del ERP",
            "l'état du document de l'ERP",
        ),
        "delivery": (
            "the shipping state",
            "el estado del envío",
            "l'état de l'expédition",
        ),
        "return_amount": ("the amount of the return", "el importe de la devolución", "le montant du retour"),
        "return_pieces": (
            "the number of pieces returned",
            "el número de unidades devueltas",
            "le nombre d'unités retournées",
        ),
    }
)
"""By the name of the fact."""

LINE_FACT_WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "sku": ("the article number", "la referencia", "la référence"),
        "name": ("the article's name", "el nombre del artículo", "le nom de l'article"),
        "quantity": ("the quantity", "la cantidad", "la quantité"),
        "unit": ("the unit", "la unidad", "l'unité"),
        "line_total": ("the line's total", "el total de la línea", "le total de la ligne"),
        "line_net": (
            "the line's total without tax",
            "el total de la línea sin impuestos",
            "le total hors taxes de la ligne",
        ),
        "unit_price": ("the price of a piece", "el precio unitario", "le prix unitaire"),
        "tax_rate": ("the tax rate", "el tipo de impuesto", "le taux de taxe"),
        "lot": ("the lot", "el lote", "le lot"),
        "stock": ("the stock", "el stock disponible", "le stock"),
        "stock_left": ("the stock left afterwards", "el stock restante", "le stock restant"),
        "stock_minimum": ("the minimum stock", "el stock mínimo", "le stock minimum"),
        "below_minimum": (
            "the stock falls below the minimum",
            "el stock cae por debajo del mínimo",
            "le stock passe sous le minimum",
        ),
        "known_article": (
            "the ERP knows the article",
            "el ERP conoce el artículo",
            "l'ERP connaît l'article",
        ),
    }
)
"""By the name of the line's fact."""

FLAG_NEGATIONS: Mapping[str, Words] = MappingProxyType(
    {
        "addresses_differ": (
            "the delivery goes to the same address as the invoice",
            "la entrega va a la misma dirección que la factura",
            "la livraison va à la même adresse que la facture",
        ),
        "paid": ("the order is not paid", "el pedido no está pagado", "la commande n'est pas payée"),
        "guest": (
            "the buyer is not a guest",
            "el comprador no es un invitado",
            "l'acheteur n'est pas un invité",
        ),
        "company": (
            "the buyer is not a company",
            "el comprador no es una empresa",
            "l'acheteur n'est pas une société",
        ),
        "has_vat_id": (
            "the buyer has no VAT id",
            "el comprador no tiene NIF-IVA",
            "l'acheteur n'a pas de numéro de TVA",
        ),
        "customer_is_new": (
            "the customer is not new",
            "el cliente no es nuevo",
            "le client n'est pas nouveau",
        ),
        "in_stock": ("not everything is in stock", "no todo está en stock", "tout n'est pas en stock"),
        "below_minimum": (
            "the stock does not fall below the minimum",
            "el stock no cae por debajo del mínimo",
            "le stock ne passe pas sous le minimum",
        ),
        "known_article": (
            "the ERP does not know the article",
            "el ERP no conoce el artículo",
            "l'ERP ne connaît pas l'article",
        ),
    }
)
"""What facts that are yes or no are called when they are not so."""
