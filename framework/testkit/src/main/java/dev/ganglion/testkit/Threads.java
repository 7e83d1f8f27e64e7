package dev.ganglion.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Threads that a kit starts, and a look at those that a plug-in leaves. */
final class Threads {
    /** How long a test waits for what must come; only a test that fails waits this long. */
    static final long LIMIT_MILLIS = 30_000;

    /** As large as the framework gives to a thread that loads a model. */
    private static final long LARGE_STACK_BYTES = 8L << 20;

    private Threads() {}

    /** A task on a daemon thread of its own. */
    static final class Task<T extends @Nullable Object> {
        private final FutureTask<T> future;
        private final Thread thread;

        Task(Callable<T> work) {
            future = new FutureTask<>(work);
            thread = new Thread(null, future, "contract-kit", LARGE_STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
        }

        boolean isDone() {
            return future.isDone();
        }

        /** Waits until the task is done, or stands still because it waits for something. */
        void awaitDoneOrWaiting() {
            long start = System.nanoTime();
            while (!future.isDone() && !isWaiting()) {
                if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS)) {
                    throw new AssertionError("still busy: " + stack());
                }
                Thread.onSpinWait();
            }
        }

        private boolean isWaiting() {
            return switch (thread.getState()) {
                case BLOCKED, WAITING, TIMED_WAITING -> true;
                case NEW, RUNNABLE, TERMINATED -> false;
            };
        }

        /** The result; what the task threw is thrown again; an error when it takes for ever. */
        T get() {
            try {
                return future.get(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
            } catch (ExecutionException failed) {
                return Threads.<T, RuntimeException>rethrow(failed.getCause());
            } catch (TimeoutException never) {
                throw new AssertionError(
                        "not done after " + LIMIT_MILLIS + " ms, it stands at " + stack(), never);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new AssertionError("the test was stopped", stopped);
            }
        }

        private List<StackTraceElement> stack() {
            return List.of(thread.getStackTrace());
        }
    }

    static Task<@Nullable Void> start(Runnable work) {
        return new Task<@Nullable Void>(
                () -> {
                    work.run();
                    return null;
                });
    }

    /** Runs the work where the framework loads models: on a thread with a large stack. */
    static <T> T onLargeStack(Callable<T> work) {
        return new Task<>(work).get();
    }

    /** Runs all at once and waits for all. */
    static void together(List<Runnable> work) {
        List<Task<@Nullable Void>> tasks = new ArrayList<>();
        for (Runnable each : work) {
            tasks.add(start(each));
        }
        tasks.forEach(Task::get);
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("nothing came within " + LIMIT_MILLIS + " ms");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test was stopped", stopped);
        }
    }

    /** All threads but those of the JVM itself, which come and go as it pleases. */
    static Set<Thread> alive() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(
                thread -> {
                    ThreadGroup group = thread.getThreadGroup();
                    return group == null
                            || "system".equals(group.getName())
                            || "InnocuousThreadGroup".equals(group.getName())
                            || "contract-kit".equals(thread.getName());
                });
        return threads;
    }

    /** Threads that were not there before; each may take its time to end before it counts. */
    static List<Thread> leftSince(Set<Thread> before) {
        List<Thread> left = new ArrayList<>();
        for (Thread thread : alive()) {
            if (!before.contains(thread)) {
                try {
                    // A thread that was told to end may need a moment; one that was not never ends.
                    thread.join(2_000);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
                if (thread.isAlive()) {
                    left.add(thread);
                }
            }
        }
        return left;
    }

    @SuppressWarnings("unchecked")
    private static <T extends @Nullable Object, E extends Throwable> T rethrow(
            @Nullable Throwable cause) throws E {
        if (cause == null) {
            throw new AssertionError("failed without a cause");
        }
        throw (E) cause;
    }
}
