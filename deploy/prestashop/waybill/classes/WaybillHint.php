<?php
/**
 * A hint that something changed: ids only, because Waybill reads the thing itself from the shop.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

final class WaybillHint
{
    /** Hints about one order wait as one; it is named after the weightiest. */
    const WEIGHTS = [
        'order.updated' => 1,
        'order.address_changed' => 2,
        'order.edited' => 3,
        'order.status_changed' => 4,
        'order.paid' => 5,
        'order.created' => 6,
        // Nothing but its name leads to the refund: the others only say that the order is worth reading.
        'order.refunded' => 7,
    ];

    public $type;
    public $idShop;
    public $subject;
    public $data;

    /** @param array<string, int> $data */
    private function __construct(string $type, int $idShop, string $subject, array $data)
    {
        $this->type = $type;
        $this->idShop = $idShop;
        $this->subject = $subject;
        $this->data = $data;
    }

    /** @param array<string, int> $more */
    public static function order(string $type, int $idOrder, int $idShop, array $more = []): self
    {
        return new self($type, $idShop, 'order ' . $idOrder, ['id_order' => $idOrder] + $more);
    }

    public static function orderReturn(int $idOrder, int $idReturn, int $idShop): self
    {
        $data = ['id_order' => $idOrder, 'id_order_return' => $idReturn];

        return new self('order.return_requested', $idShop, 'return ' . $idReturn, $data);
    }

    public static function customer(int $idCustomer, int $idShop): self
    {
        return new self('customer.updated', $idShop, 'customer ' . $idCustomer, ['id_customer' => $idCustomer]);
    }

    public static function stock(int $idProduct, int $idCombination, int $idShop): self
    {
        $data = ['id_product' => $idProduct, 'id_product_attribute' => $idCombination];

        return new self('stock.changed', $idShop, 'product ' . $idProduct . '-' . $idCombination, $data);
    }

    public static function test(int $idShop): self
    {
        return new self('connection.test', $idShop, 'test', []);
    }

    /** What it is about, over all shops. */
    public function key(): string
    {
        return $this->idShop . ' ' . $this->subject;
    }

    public function weight(): int
    {
        return isset(self::WEIGHTS[$this->type]) ? self::WEIGHTS[$this->type] : 0;
    }

    public function body(int $now): string
    {
        return (string) json_encode([
            'type' => $this->type,
            'timestamp' => gmdate('Y-m-d\TH:i:s\Z', $now),
            'shop_id' => $this->idShop,
            'data' => (object) $this->data,
        ], JSON_UNESCAPED_SLASHES);
    }
}
