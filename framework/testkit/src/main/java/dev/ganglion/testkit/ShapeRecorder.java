package dev.ganglion.testkit;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Session;
import java.util.HashMap;
import java.util.Map;

/** Passes everything on and remembers which shape each input was asked for. */
final class ShapeRecorder implements Session {
    private final Session session;
    private final Map<String, long[]> shapes = new HashMap<>();

    ShapeRecorder(Session session) {
        this.session = session;
    }

    long[] shapeOf(String name) {
        long[] shape = shapes.get(name);
        if (shape == null) {
            throw new AssertionError("fillInputs() wrote " + shapes.keySet() + " but not " + name);
        }
        return shape;
    }

    @Override
    public Tensor input(String name, long... shape) {
        shapes.put(name, shape.clone());
        return session.input(name, shape);
    }

    @Override
    public void run() {
        session.run();
    }

    @Override
    public Tensor output(String name) {
        return session.output(name);
    }

    @Override
    public void reset() {
        session.reset();
    }

    @Override
    public void cancel() {
        session.cancel();
    }

    @Override
    public void close() {
        session.close();
    }
}
