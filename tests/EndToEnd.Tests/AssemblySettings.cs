using Xunit;

// Each test runs appliances of 1.3 GB that take a processor each, and waits for one of them most of the time.
[assembly: CollectionBehavior(MaxParallelThreads = 2, ParallelAlgorithm = Xunit.Sdk.ParallelAlgorithm.Conservative)]
