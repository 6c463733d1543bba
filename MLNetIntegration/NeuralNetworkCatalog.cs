using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.MLNetIntegration;

/// <summary>Extends the catalogs of ML.NET by neural networks that are trained on a data view.</summary>
public static class NeuralNetworkCatalog
{
    /// <summary>A classifier of rows into the classes of a key column: hidden layers and a softmax, trained by cross-entropy. Adds "Score" (the
    /// probabilities, a vector) and "PredictedLabel" (a key).</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, layers and training; null for the defaults.</param>
    public static NeuralNetworkEstimator NeuralNetwork(this MulticlassClassificationCatalog catalog, NeuralNetworkOptions? options = null)
    {
        options ??= new NeuralNetworkOptions();
        return new NeuralNetworkEstimator(EnvironmentOf(catalog), new MulticlassHead(options), options);
    }

    /// <summary>A classifier of rows by a Boolean column: hidden layers and a sigmoid, trained by cross-entropy. Adds "Score" (the logit), "Probability"
    /// and "PredictedLabel" (whether the probability is above one half).</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, layers and training; null for the defaults.</param>
    /// <exception cref="ArgumentException">Label smoothing was asked for.</exception>
    public static NeuralNetworkEstimator NeuralNetwork(this BinaryClassificationCatalog catalog, NeuralNetworkOptions? options = null)
    {
        options = Unsmoothed(options);
        return new NeuralNetworkEstimator(EnvironmentOf(catalog), new BinaryHead(options), options);
    }

    /// <summary>A regression on a Single column: hidden layers and a linear unit, trained by squared error. Adds "Score", in the label's units.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, layers and training; null for the defaults.</param>
    /// <exception cref="ArgumentException">Label smoothing was asked for.</exception>
    public static NeuralNetworkEstimator NeuralNetwork(this RegressionCatalog catalog, NeuralNetworkOptions? options = null)
    {
        options = Unsmoothed(options);
        return new NeuralNetworkEstimator(EnvironmentOf(catalog), new RegressionHead(options), options);
    }

    /// <summary>
    /// A regression that states its own uncertainty: a Gaussian whose mean and variance depend on the row, trained by its negative log-likelihood. Adds
    /// "Score" (the mean), "Variance" (in squared units of the label) and "Quantiles" (a vector with a slot for each quantile of the options).
    /// Source: book section 6.2.2.4.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, layers, quantiles and training; null for the defaults.</param>
    /// <exception cref="ArgumentException">Label smoothing was asked for, or a quantile is not between 0 and 1.</exception>
    public static NeuralNetworkEstimator HeteroscedasticNeuralNetwork(this RegressionCatalog catalog, NeuralNetworkOptions? options = null)
    {
        options = Unsmoothed(options);
        return options.Quantiles.All(q => q is > 0 and < 1)
            ? new NeuralNetworkEstimator(EnvironmentOf(catalog), new DistributionHead(options), options)
            : throw new ArgumentException($"Expected quantiles above 0 and below 1, found {string.Join(", ", options.Quantiles)}.", nameof(options));
    }

    /// <summary>
    /// One network for several labels: shared layers, and behind them the outputs of each task, trained by the sum of the tasks' losses, each times its weight. Adds the columns of each task with its
    /// name before theirs, such as "PriceScore" and "KindPredictedLabel". <c>History</c> has a metric for each task in each epoch: the mean absolute error in the label's units, or the accuracy.
    /// Source: book section 7.7.
    /// </summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="tasks">The labels, at least two, with distinct names.</param>
    /// <param name="options">Columns of features, layers and training; null for the defaults. The label columns are those of the tasks.
    /// <see cref="TrainingOptions.BalanceClasses"/> balances the classes of each label that has them by themselves; a <see cref="TrainingOptions.WarmStart"/> is a network of the same tasks.</param>
    /// <exception cref="ArgumentException">There are fewer tasks, two have the same name, or an option goes with one label only.</exception>
    public static NeuralNetworkEstimator MultiTaskNeuralNetwork(this MLContext context, IReadOnlyList<NetworkTask> tasks, NeuralNetworkOptions? options = null)
    {
        options ??= new NeuralNetworkOptions();
        if (tasks.Count < 2 || tasks.DistinctBy(t => t.Name).Count() < tasks.Count)
        {
            throw new ArgumentException($"Expected at least two tasks of distinct names, found {string.Join(", ", tasks.Select(t => $"\"{t.Name}\""))}.", nameof(tasks));
        }

        return options is { LabelColumn: "Label" }
            ? new NeuralNetworkEstimator(context, [.. tasks.Select(task => task.With(options))], options)
            : throw new ArgumentException(
                $"Expected no {nameof(options.LabelColumn)} with several labels, found \"{options.LabelColumn}\".", nameof(options));
    }

    /// <summary>Trains any network with any loss on the rows of a data view.</summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="build">Makes the network and its loss for the columns that are found; called once for each fit.</param>
    /// <param name="options">Columns and training; null for the defaults.</param>
    public static NeuralNetworkEstimator TrainNetwork(this MLContext context, Func<NetworkInput, NetworkPlan> build, NetworkOptions? options = null)
    {
        options ??= new NetworkOptions();
        return new NeuralNetworkEstimator(context, new CustomHead(build, options), options);
    }

    private static NeuralNetworkOptions Unsmoothed(NeuralNetworkOptions? options) => options is { LabelSmoothing: not 0 }
        ? throw new ArgumentException($"Expected label smoothing with several classes only, found {options.LabelSmoothing}.", nameof(options))
        : options ?? new NeuralNetworkOptions();

    // The catalogs keep their environment, which holds the seed, to themselves and to ML.NET's own extensions.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Environment")]
    private static extern IHostEnvironment EnvironmentOf(TrainCatalogBase catalog);
}
