// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.stream;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Takes what a process writes into a buffer, as long as there is room. */
public final class OutputPump {
    private static final Logger LOGGER = System.getLogger(OutputPump.class.getName());

    private OutputPump() {}

    /**
     * Begins, on a virtual thread that ends with the stream.
     *
     * @param source closed at its end
     */
    public static void start(String name, InputStream source, OffsetBuffer buffer) {
        Thread.ofVirtual().name(name).start(() -> run(name, source, buffer));
    }

    private static void run(String name, InputStream source, OffsetBuffer buffer) {
        var bytes = new byte[OffsetBuffer.CHUNK / 2];
        try (source) {
            for (int n = source.read(bytes); n >= 0; n = source.read(bytes)) {
                buffer.append(bytes, 0, n);
            }
        } catch (IOException e) {
            // A terminal ends so, when the last of its processes is gone.
            LOGGER.log(Level.DEBUG, "{0} ended: {1}", name, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            buffer.end();
        }
    }
}
