// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.stream;

import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Gives a process what was sent for it to read. */
public final class InputPump {
    private static final Logger LOGGER = System.getLogger(InputPump.class.getName());

    private InputPump() {}

    /**
     * Begins, on a virtual thread that ends with the stream.
     *
     * @param target closed at its end, or when the process reads no more
     */
    public static void start(String name, OffsetBuffer buffer, OutputStream target) {
        Thread.ofVirtual().name(name).start(() -> run(name, buffer, target));
    }

    private static void run(String name, OffsetBuffer buffer, OutputStream target) {
        try (target) {
            var reader = buffer.reader();
            for (var chunk = reader.next(); chunk.isPresent(); chunk = reader.next()) {
                chunk.get().bytes().writeTo(target);
                buffer.acknowledge(chunk.get().end());
            }
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "{0} is not read any more: {1}", name, e.getMessage());
        } catch (SandboxException.Unavailable e) {
            LOGGER.log(Level.WARNING, "{0} has a second reader", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Whoever still sends must not wait for room.
            buffer.abandon();
        }
    }
}
