package dev.ganglion.runtime.act;

import dev.ganglion.api.act.Actuator;

/**
 * An actuator whose devices change nothing, as in a replay: how often and when it is asked is
 * judged by when messages were taken up, and not by the clock as well.
 */
public interface Rehearsal extends Actuator {}
