"""A stand-in for PrestaShop 8.2: its webservice, its checkout, and a module that posts webhooks."""
