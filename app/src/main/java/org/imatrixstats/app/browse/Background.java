package org.imatrixstats.app.browse;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** Work that would keep the keyboard waiting, one at a time, on another thread. */
final class Background {
    private static final int PERCENT = 100;

    /** One piece of work; its result is what it makes of the state. */
    @FunctionalInterface
    private interface Work {
        UnaryOperator<State> run() throws IOException;
    }

    private final AtomicReference<UnaryOperator<State>> result = new AtomicReference<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong walked = new AtomicLong();
    private Source loading;
    private boolean busy;

    boolean busy() {
        return busy;
    }

    /** Begins what the state wants next, if nothing is under way: what is looked at first. */
    void begin(State state) {
        if (busy) {
            return;
        }
        if (state.wantedDetail().isPresent()) {
            State.DetailKey key = state.wantedDetail().get();
            begin(() -> {
                Detail detail = key.source().detail(key.row());
                return later -> later.found(key, detail);
            });
        } else if (state.unloaded().isPresent()) {
            Source source = state.unloaded().get().source();
            loading = source;
            walked.set(0);
            begin(() -> {
                Table table = source.load(walked::addAndGet);
                return later -> later.loaded(source, table);
            });
        }
    }

    private void begin(Work work) {
        busy = true;
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.set(work.run());
            } catch (Throwable e) {
                failure.set(e);
            }
        });
    }

    /**
     * The state with what has been done meanwhile.
     *
     * @throws IOException what the work threw, as other exceptions
     */
    State collect(State state) throws IOException {
        switch (failure.get()) {
            case null -> {
            }
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
        UnaryOperator<State> done = result.getAndSet(null);
        if (done != null) {
            busy = false;
            loading = null;
            return done.apply(state);
        }
        return loading == null
                ? state
                : state.progressed(loading,
                        Math.clamp(PERCENT * walked.get() / Math.max(1, loading.work()), 0, PERCENT));
    }
}
