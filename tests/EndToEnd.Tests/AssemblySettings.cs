using Xunit;

// Each test runs appliances of 1.3 GB that take a processor each.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
