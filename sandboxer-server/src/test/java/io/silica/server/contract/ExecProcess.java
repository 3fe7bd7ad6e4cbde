// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.util.List;

/** The process that containerd sends with an exec: JSON in an Any. */
public final class ExecProcess {
    private static final String TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Process";

    private ExecProcess() {}

    /** One with these arguments. */
    public static Any spec(List<String> args) {
        return Any.newBuilder()
                .setTypeUrl(TYPE)
                .setValue(
                        ByteString.copyFromUtf8(Bundle.spec("pod", args).get("process").toString()))
                .build();
    }
}
