// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import java.io.IOException;
import java.util.List;

/** Looks for one kind of thing that can be left behind. */
interface Probe {
    /** What a failure calls them. */
    String kind();

    /**
     * What there is now, each in words that stay the same as long as it is the same. What vanishes
     * while it is looked at may be left out.
     */
    List<String> look() throws IOException;
}
