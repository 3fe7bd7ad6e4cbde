// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

/**
 * A cgroup could not be made, changed, read or deleted. The message names the file and the reason.
 */
public class CgroupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CgroupException(String message) {
        super(message);
    }

    CgroupException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A limit was asked for whose controller this machine lacks. */
    public static final class MissingController extends CgroupException {
        private static final long serialVersionUID = 1L;

        MissingController(Controller controller, CgroupPath path) {
            super(
                    "cannot limit cgroup %s: this machine has no %s controller"
                            .formatted(path, controller.kernelName()));
        }
    }

    /** It still has processes after the time that was given to them. */
    public static final class Busy extends CgroupException {
        private static final long serialVersionUID = 1L;

        Busy(String message) {
            super(message);
        }
    }
}
