using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>What the options of layers do to the loss of a first step, which is too small to change a weight.</summary>
public sealed class LayerOptionTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static NeuralNetworkOptions Options => new()
    {
        FeatureColumns = ["X", "Y"],
        LabelColumn = "Kind",
        HiddenUnits = [4],
        Epochs = 1,
        BatchSize = 1000,
        ValidationFraction = 0,
        Optimizer = new Sgd { LearningRate = 1e-30 },
        Seed = 3,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void Smoothed_labels_give_a_share_to_all_classes(double smoothing)
    {
        TrainingData.Row[] rows = TrainingData.Rows(50);
        IDataView data = TrainingData.Keyed(Ml, rows);
        using NeuralNetworkTransformer model = Ml.MulticlassClassification.NeuralNetwork(Options with { LabelSmoothing = smoothing }).Fit(data);
        float[][] scores = [.. model.Transform(data).GetColumn<float[]>("Score")];
        double expected = rows.Zip(scores).Average(pair =>
        {
            int kind = Array.IndexOf(TrainingData.Kinds, pair.First.Name);
            return -pair.Second.Select((p, k) => (((k == kind ? 1 : 0) * (1 - smoothing)) + (smoothing / 3)) * Math.Log(p)).Sum();
        });
        Assert.Equal(expected, model.History.Epochs[0].Loss, 1e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void Weights_decay_and_biases_do_not(double decay)
    {
        using NeuralNetworkTransformer model = Ml.MulticlassClassification.NeuralNetwork(Options with { WeightDecay = decay }).Fit(TrainingData.Keyed(Ml, TrainingData.Rows(50)));
        double squares = model.Network.Parameters.Where(p => p.Role == ParameterRole.Weight).Sum(p => p.Value.ToArray<float>().Sum(w => (double)w * w));
        EpochRecord epoch = model.History.Epochs[0];
        Assert.True(squares > 1);
        Assert.Equal(0.5 * decay * squares, epoch.Objective - epoch.Loss, 1e-4);
    }

    /// <summary>Where all hidden units are dropped the prediction is the bias, 0: the loss is the variance of a standardized label, 1.</summary>
    [Fact]
    public void Dropout_drops_hidden_units()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows(50));
        Assert.Equal(1, Loss(1 - 1e-9), 1e-4);
        Assert.NotEqual(1, Loss(0), 1e-2);

        double Loss(double dropout)
        {
            using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options with { LabelColumn = "Noisy", Dropout = dropout }).Fit(data);
            return model.History.Epochs[0].Loss;
        }
    }
}
