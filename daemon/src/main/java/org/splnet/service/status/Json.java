package org.splnet.service.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;

/// Records as JSON.
public final class Json {
    /// The media type.
    public static final String TYPE = "application/json";

    private final ObjectMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /// The value as JSON text with a line end, so that `curl` leaves the prompt where it belongs.
    public byte[] octets(Object value) {
        try {
            byte[] text = mapper.writeValueAsBytes(value);
            byte[] line = Arrays.copyOf(text, text.length + 1);
            line[text.length] = '\n';
            return line;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record that Jackson cannot write", e);
        }
    }
}
