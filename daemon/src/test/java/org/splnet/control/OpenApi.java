package org.splnet.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// `docs/openapi.json`, from wherever in the project the tests run.
public final class OpenApi {
    private OpenApi() {
    }

    /// The document.
    public static JsonNode document() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("docs/openapi.json"))) {
            here = here.getParent();
        }
        try {
            return new ObjectMapper().readTree(Files.readAllBytes(here.resolve("docs/openapi.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
