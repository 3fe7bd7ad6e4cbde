// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import io.silica.sandbox.OciSpec;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The specification of a container that has a process and nothing else. */
public final class BareSpec {
    private BareSpec() {}

    /**
     * That of a process.
     *
     * @param json the document that it is of
     */
    public static OciSpec of(ProcessSpec process, String json) {
        return new OciSpec(
                process,
                false,
                Optional.empty(),
                List.of(),
                Map.of(),
                Optional.empty(),
                Resources.UNLIMITED,
                json);
    }
}
