package dev.ganglion.camel.word;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.runtime.report.Observer;
import java.util.List;
import java.util.function.Consumer;

/**
 * The threads between a sensor that cannot wait and its route, each with a queue of its own. A
 * stream keeps to one of them, so its samples stay in order.
 */
final class SampleThreads {
    private final String route;
    private final Consumer<Sample<?>> handler;
    private final List<Observer> observers;
    private final Worker[] workers;

    SampleThreads(
            String route, Options options, Consumer<Sample<?>> handler, List<Observer> observers) {
        this.route = route;
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
            super("sense " + route);
            setDaemon(true);
            this.queue = queue;
        }

        @Override
        public void run() {
            try {
                for (Sample<?> next = queue.take(); next != SampleQueue.END; next = queue.take()) {
                    handler.accept(next);
                    tellDropped();
                }
            } catch (InterruptedException stopped) {
                interrupt();
            }
            tellDropped();
        }

        /** Here and not where they are dropped, so that a flood is told in few words. */
        private void tellDropped() {
            long dropped = queue.takeDropped();
            if (dropped > 0) {
                observers.forEach(observer -> observer.dropped(route, dropped));
            }
        }
    }
}
