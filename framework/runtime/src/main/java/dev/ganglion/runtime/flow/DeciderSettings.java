package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.decide.Decider;

/**
 * How a route decides. A lane keeps one open decider per settings object, so a route makes one and
 * keeps it.
 *
 * @param decider the plug-in
 * @param options its checked options
 */
public record DeciderSettings(Decider decider, Options options) {}
