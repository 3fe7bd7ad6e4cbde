// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import java.time.Duration;
import java.time.Instant;

/** How long ago something was, in the unit that says it best. */
final class Age {
    private Age() {}

    /**
     * @param nanos when it was, since 1970
     */
    static String of(long nanos, Instant now) {
        var age = Duration.between(Instant.ofEpochSecond(0, nanos), now);
        if (age.toDays() > 1) {
            return age.toDays() + " days ago";
        }
        if (age.toHours() > 1) {
            return age.toHours() + " hours ago";
        }
        if (age.toMinutes() > 1) {
            return age.toMinutes() + " minutes ago";
        }
        return Math.max(0, age.toSeconds()) + " seconds ago";
    }
}
