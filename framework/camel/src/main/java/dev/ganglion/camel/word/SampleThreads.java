package dev.ganglion.camel.word;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.wiring.RouteStep;
import dev.ganglion.runtime.wiring.StepOptions;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads between a sensor that cannot wait and its route, each with a queue of its own. A
 * stream keeps to one of them, so its samples stay in order.
 */
final class SampleThreads {
    private final RouteScope route;
    private final boolean gathers;
    private final BiConsumer<Sample<?>, @Nullable Gathering> handler;
    private final List<Observer> observers;
    private final Worker[] workers;

    /**
     * @param handler takes a sample, and what gathers messages of its thread when the route has
     *     them make steps at once
     */
    SampleThreads(
            RouteScope route,
            Options options,
            BiConsumer<Sample<?>, @Nullable Gathering> handler,
            List<Observer> observers) {
        this.route = route;
        this.gathers = route.steps().stream().anyMatch(SampleThreads::gathers);
        this.handler = handler;
        this.observers = observers;
        this.workers = new Worker[(int) options.integer("threads")];
        for (int i = 0; i < workers.length; i++) {
            workers[i] =
                    new Worker(
                            new SampleQueue(
                                    (int) options.integer("queue"),
                                    SampleQueue.WhenFull.of(options.text("whenFull"))));
            workers[i].start();
        }
    }

    private static boolean gathers(RouteStep step) {
        return step.word().equals("infer") && StepOptions.own(step).integer("batch") > 1;
    }

    boolean offer(Sample<?> sample) {
        int hash = sample.stream().hashCode();
        return workers[Math.floorMod(hash ^ hash >>> 16, workers.length)].queue.offer(sample);
    }

    boolean idle() {
        for (Worker worker : workers) {
            if (!worker.queue.idle()) {
                return false;
            }
        }
        return true;
    }

    /** What was accepted is handled; whoever stops the route says how long that may take. */
    void drain() {
        for (Worker worker : workers) {
            worker.queue.end();
        }
        try {
            for (Worker worker : workers) {
                worker.join();
            }
        } catch (InterruptedException tooLong) {
            for (Worker worker : workers) {
                worker.interrupt();
            }
            Thread.currentThread().interrupt();
        }
    }

    private final class Worker extends Thread {
        final SampleQueue queue;

        Worker(SampleQueue queue) {
            super("sense " + route.id());
            setDaemon(true);
            this.queue = queue;
        }

        @Override
        public void run() {
            Gathering gathering = gathers ? Gathering.begin(route) : null;
            try {
                for (Sample<?> next = next(gathering);
                        next != SampleQueue.END;
                        next = next(gathering)) {
                    handler.accept(next, gathering);
                    tellDropped();
                }
            } catch (InterruptedException stopped) {
                interrupt();
            } finally {
                if (gathering != null) {
                    gathering.run();
                }
            }
            tellDropped();
        }

        /** Messages stand only as long as there are samples that do not have to be waited for. */
        private Sample<?> next(@Nullable Gathering gathering) throws InterruptedException {
            if (gathering == null) {
                return queue.take();
            }
            if (gathering.takeRan()) {
                queue.free();
            }
            if (!gathering.isEmpty()) {
                queue.keep();
                Sample<?> waiting = queue.poll();
                if (waiting != null) {
                    return waiting;
                }
                gathering.run();
            }
            return queue.take();
        }

        /** Here and not where they are dropped, so that a flood is told in few words. */
        private void tellDropped() {
            long dropped = queue.takeDropped();
            if (dropped > 0) {
                observers.forEach(observer -> observer.dropped(route.id(), dropped));
            }
        }
    }
}
