using Xunit;

// The tests wait for timers, broker and database half of their time.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
