namespace Toolkit.Modeling.Tests.Components;

/// <summary>All examples by family, in the order of docs/components.md.</summary>
internal static class ExampleFamilies
{
    public static (string Title, Dictionary<string, TwoLines> Examples)[] All { get; } =
    [
        ("Modules", ExampleModules.Rows),
        ("Activations", ExampleActivations.Rows),
        ("Losses and likelihoods", ExampleLosses.Rows),
        ("Distributions", ExampleLosses.Distributions),
        ("Regularizers", ExampleRegularizers.Rows),
        ("Constraints", ExampleRegularizers.Constraints),
        ("Optimizers", ExampleOptimizers.Rows),
        ("Schedules", ExampleOptimizers.Schedules),
        ("Full-batch methods", ExampleOptimizers.Minimizers),
        ("Initializers", ExampleData.Initializers),
        ("Augmentations", ExampleData.Augmentations),
        ("Data", ExampleData.Sources),
        ("Metrics", ExampleData.Metrics),
        ("Ensembles, encoders, solvers, training and diagnosis", ExampleMethods.Rows),
    ];

    public static IEnumerable<string> Names => All.SelectMany(family => family.Examples.Keys);

    public static TwoLines Of(string name) => All.Select(family => family.Examples.GetValueOrDefault(name)).First(example => example is not null)!;
}
