package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.runtime.model.Lease;
import java.util.function.Function;

/**
 * How a route decides. A lane keeps one open decider per settings object, so a route makes one and
 * keeps it.
 *
 * @param decider the plug-in
 * @param options its checked options for one version of a model, whose card may have its say
 */
public record DeciderSettings(Decider decider, Function<Lease, Options> options) {}
