package dev.ganglion.worker;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import java.util.Set;

/** An engine that can be made where a test says so, and in no worker. */
public final class UnmakeableEngine implements Engine {
    public UnmakeableEngine() {
        this(Boolean.getBoolean("dev.ganglion.worker.makeable"));
    }

    UnmakeableEngine(boolean makeable) {
        if (!makeable) {
            throw new UnsatisfiedLinkError("no library of that name");
        }
    }

    @Override
    public String name() {
        return "unmakeable";
    }

    @Override
    public Set<String> formats() {
        return Set.of("probe");
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        throw new UnsupportedOperationException();
    }
}
