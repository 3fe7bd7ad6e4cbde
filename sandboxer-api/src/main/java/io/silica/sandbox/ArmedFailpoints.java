// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is to happen at which {@link Failpoint}. Safe for use by any thread. */
final class ArmedFailpoints {
    private static final Pattern POINT =
            Pattern.compile(
                    "([a-z0-9]+(?:[.-][a-z0-9]+)*)=(kill|stop|fail|halt)(?:@([1-9]\\d{0,8}))?");
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;

    private final Map<String, Point> points = new HashMap<>();
    private IntConsumer sender = ArmedFailpoints::endJvm;

    private enum Action {
        KILL,
        STOP,
        FAIL,
        HALT
    }

    /** One that is armed; the monitor of the map guards it. */
    private static final class Point {
        private final Action action;
        private int passesLeft;
        private boolean halted;

        private Point(Action action, int pass) {
            this.action = action;
            this.passesLeft = pass;
        }

        private boolean isDue() {
            passesLeft--;
            return passesLeft == 0;
        }
    }

    void arm(String text) {
        for (String point : text.split(";", -1)) {
            if (!point.isBlank()) {
                arm(parsed(point.strip()));
            }
        }
    }

    private void arm(Matcher point) {
        var action = Action.valueOf(point.group(2).toUpperCase(Locale.ROOT));
        int pass = point.group(3) == null ? 1 : Integer.parseInt(point.group(3));
        synchronized (points) {
            points.put(point.group(1), new Point(action, pass));
        }
    }

    private static Matcher parsed(String point) {
        var matcher = POINT.matcher(point);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "no failpoint: \"%s\"; NAME=kill, stop, fail or halt, and @PASS behind it"
                            .formatted(point));
        }
        return matcher;
    }

    void disarm() {
        synchronized (points) {
            points.clear();
        }
    }

    void signalBy(IntConsumer other) {
        synchronized (points) {
            sender = other;
        }
    }

    void pass(String name) {
        Point due;
        IntConsumer signal;
        synchronized (points) {
            due = points.get(name);
            signal = sender;
            if (due == null || !due.isDue()) {
                return;
            }
        }
        switch (due.action) {
            case KILL -> signal.accept(SIGKILL);
            case STOP -> signal.accept(SIGSTOP);
            case FAIL -> throw new SandboxException.Failed("failpoint " + name + " is armed");
            case HALT -> halt(due);
        }
    }

    void awaitHalt(String name) throws InterruptedException {
        synchronized (points) {
            Point point = points.get(name);
            while (point == null || !point.halted) {
                points.wait();
                point = points.get(name);
            }
        }
    }

    private void halt(Point point) {
        synchronized (points) {
            point.halted = true;
            points.notifyAll();
        }
        while (true) {
            LockSupport.park(point);
            // An interrupt would make every further park return at once.
            Thread.interrupted();
        }
    }

    private static void endJvm(int signal) {
        if (signal != SIGKILL) {
            throw new IllegalStateException("nobody has said how to send signal " + signal);
        }
        Runtime.getRuntime().halt(128 + SIGKILL);
    }
}
