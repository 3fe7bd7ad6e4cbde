// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.streaming;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a command ended, as the server tells it: a {@code Status} of Kubernetes' meta/v1, as JSON.
 */
final class CommandStatus {
    private CommandStatus() {}

    /**
     * The exit code that it tells.
     *
     * @throws StreamingException if it tells of a failure that is no exit code, or makes no sense
     */
    static int exitCode(byte[] json) throws StreamingException {
        String text = new String(json, StandardCharsets.UTF_8);
        try {
            JsonNode status = JsonMapper.shared().readTree(text);
            if (status.path("status").asString("").equals("Success")) {
                return 0;
            }
            if (status.path("reason").asString("").equals("NonZeroExitCode")) {
                return exitCode(status.path("details").path("causes"));
            }
            throw new StreamingException(status.path("message").asString(text), null);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new StreamingException("it ended, but how makes no sense: " + text, e);
        }
    }

    private static int exitCode(JsonNode causes) {
        for (JsonNode cause : causes) {
            if (cause.path("reason").asString("").equals("ExitCode")) {
                return Integer.parseInt(cause.path("message").asString(""));
            }
        }
        throw new IllegalArgumentException("no exit code");
    }
}
