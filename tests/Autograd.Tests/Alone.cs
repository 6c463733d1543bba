namespace Toolkit.Autograd.Tests;

/// <summary>The tests that measure memory of the whole process: they run while no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
