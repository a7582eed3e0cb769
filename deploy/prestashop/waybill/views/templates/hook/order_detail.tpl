{* What the customer sees below an order: the ERP's number, parcels and documents. *}
<section id="waybill-order" class="box">
  <h3>{l s='Delivery and documents' d='Modules.Waybill.Shop'}</h3>
  <p>
    {l s='Order number' d='Modules.Waybill.Shop'}: <strong>{$waybill_status.erp_number|escape:'html':'UTF-8' nofilter}</strong>
    – {$waybill_stage|escape:'html':'UTF-8' nofilter}
  </p>
  {if $waybill_status.shipments}
    <ul>
      {foreach from=$waybill_status.shipments item=shipment}
        <li>
          {l s='Shipment' d='Modules.Waybill.Shop'} {$shipment.number|escape:'html':'UTF-8' nofilter},
          {$shipment.on|escape:'html':'UTF-8' nofilter}{if $shipment.carrier}, {$shipment.carrier|escape:'html':'UTF-8' nofilter}{/if}
          {foreach from=$shipment.tracking item=parcel}
            {if $parcel.url}
              <a href="{$parcel.url|escape:'html':'UTF-8' nofilter}" target="_blank" rel="noopener noreferrer">{$parcel.number|escape:'html':'UTF-8' nofilter}</a>
            {else}
              <span>{$parcel.number|escape:'html':'UTF-8' nofilter}</span>
            {/if}
          {/foreach}
        </li>
      {/foreach}
    </ul>
  {/if}
  {if $waybill_documents}
    <ul>
      {foreach from=$waybill_documents item=document}
        {if $document.url}
          <li><a href="{$document.url|escape:'html':'UTF-8' nofilter}" target="_blank" rel="noopener noreferrer">{$document.name|escape:'html':'UTF-8' nofilter} {$document.number|escape:'html':'UTF-8' nofilter}</a></li>
        {/if}
      {/foreach}
    </ul>
  {/if}
</section>
