// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.util.List;

/**
 * A connection of containerd.
 *
 * @param id the holder's
 * @param consumed whether the daemon has noted that nothing that it has kept is left in the socket
 * @param sentInPart whether an answer was
 * @param begunBytes how much has come of a frame that has not come whole
 * @param bytesToSkip of a frame that is too long, and is not kept
 * @param requests those without an answer, in the order in which they came
 */
public record ConnectionReport(
        long id,
        boolean consumed,
        boolean sentInPart,
        int begunBytes,
        int bytesToSkip,
        List<RequestReport> requests) {}
