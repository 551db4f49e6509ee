// Shows the API of the gateway that this page came from, ready to be called.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  tryItOutEnabled: true,
  // Nothing leaves this machine: no document is sent to a validator elsewhere.
  validatorUrl: null,
});
