/** Swagger UI on the document of this server; nothing is fetched from elsewhere. */
export const explorerPage = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Rapport: API explorer</title>
  <link rel="stylesheet" href="explorer/swagger-ui.css">
</head>
<body>
  <div id="explorer"></div>
  <script src="explorer/swagger-ui-bundle.js"></script>
  <script>
    SwaggerUIBundle({ url: 'openapi.json', dom_id: '#explorer', deepLinking: true, tryItOutEnabled: true });
  </script>
</body>
</html>
`;
