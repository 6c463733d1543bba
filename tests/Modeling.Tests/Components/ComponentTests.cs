using System.Reflection;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Callbacks;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Encoders;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Manifolds;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What holds for every component: an example in two lines, refusals, a place in docs/components.md.</summary>
public sealed class ComponentTests
{
    /// <summary>What public types are there besides components: parts that components take or give, files, and the functions of <see cref="Activations"/>, each
    /// of which has a row of its own.</summary>
    private static readonly HashSet<Type> Parts =
    [
        typeof(Activations), typeof(ForwardContext), typeof(LearningTask), typeof(LossTerm), typeof(Objective), typeof(PerAxis),
        typeof(Batch), typeof(BatchOptions), typeof(DataLayout), typeof(Field), typeof(Named), typeof(CsvBlock), typeof(CsvFile), typeof(CsvField), typeof(CsvOptions), typeof(CsvRow), typeof(IdxFile), typeof(TableSchema),
        typeof(OptimizerState), typeof(ParameterGradient), typeof(MinimizerResult), typeof(Checkpoint),
        typeof(Boosted), typeof(BoostingRound), typeof(TrainedEnsemble), typeof(LassoKnot), typeof(Eigenpair), typeof(Spectrum), typeof(SpectrumPoint), typeof(DiagnosisOptions), typeof(LayerReport), typeof(UnitReport),
        typeof(RunPoint), typeof(SymmetryReport), typeof(SparseDictionary), typeof(TrainedTangentClassifier),
        typeof(EpochRecord), typeof(Evaluation), typeof(History), typeof(RetrainingResult), typeof(TrainingProgress), typeof(TrainingControl),
        typeof(LoggingCallback), typeof(TensorBoardCallback), typeof(LearningRateCurve), typeof(LearningRatePoint),
        typeof(Agreement), typeof(Collectives), typeof(SingleProcess), typeof(ThreadGroup),
    ];

    private static readonly string[] ActivationsOfOps =
        [nameof(Ops.Relu), nameof(Ops.LeakyRelu), nameof(Ops.Sigmoid), nameof(Ops.Tanh), nameof(Ops.Softplus), nameof(Ops.Softmax), nameof(Ops.Cos)];

    public static TheoryData<string> Names => [.. ExampleFamilies.Names];

    public static TheoryData<string> Methods => [.. MethodTable.Rows.Keys];

    [Fact]
    public void Every_component_has_an_example()
    {
        IEnumerable<string> types = typeof(Trainer).Assembly.GetExportedTypes()
            .Where(t => t.IsClass && t.IsSealed && !t.IsNested && !t.IsSubclassOf(typeof(Exception)) && !Parts.Contains(t) && !IsExtension(t)).Select(t => t.Name);
        IEnumerable<string> functions = typeof(Activations).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(m => m.Name);
        Assert.Equal(
            types.Concat(functions).Concat(ActivationsOfOps).Order(StringComparer.Ordinal),
            ExampleFamilies.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_component_has_a_row_of_refusals() => Assert.Equal(
        ExampleFamilies.Names.Except(ExampleActivations.Rows.Keys).Order(StringComparer.Ordinal),
        Refusals.Rows.Select(row => row.Key).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Examples_run_and_give_the_same_finite_numbers_each_time(string name)
    {
        double[] first = Outcome.Numbers(ExampleFamilies.Of(name));
        Assert.NotEmpty(first);
        Assert.All(first, number => Assert.True(double.IsFinite(number)));
        Assert.Equal(first, Outcome.Numbers(ExampleFamilies.Of(name)));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Wrong_settings_are_refused(string name) => Refusals.Check(name, MethodTable.Rows[name]);

    /// <summary>The page is written anew beside the test, to be compared and, where it is right, copied.</summary>
    [Fact]
    public void The_page_of_components_is_up_to_date()
    {
        string text = ComponentPage.Text(), fresh = Path.Combine(AppContext.BaseDirectory, "components.md");
        File.WriteAllText(fresh, text);
        string page = Path.Combine(RepositoryRoot(), "docs", "components.md");
        Assert.True(
            File.Exists(page) && File.ReadAllText(page).ReplaceLineEndings("\n") == text,
            $"docs/components.md is not what the examples say: compare it with {fresh}.");
    }

    /// <summary>Static classes with nothing but extension methods or constants belong to the types that they extend.</summary>
    private static bool IsExtension(Type type) => type is { IsAbstract: true, IsSealed: true } &&
        type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .All(m => m.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute)));

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests must run inside the repository: Toolkit.sln was not found.");
    }
}
