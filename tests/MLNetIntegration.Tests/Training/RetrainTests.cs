using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>An .onnx file is trained further within a pipeline of ML.NET.</summary>
public sealed class RetrainTests
{
    [Fact]
    public void A_file_is_trained_further_on_the_rows_of_a_pipeline()
    {
        var ml = new MLContext(seed: 1);
        var random = new RandomSource(3);
        byte[] bytes = OnnxExporter.Export(new Sequential(
            new Dense(2, 16, random) { Activation = Ops.Tanh }, new Dense(16, 3, random))
        { InputShape = [2] }.Inference);
        IDataView data = ml.Transforms.NormalizeMeanVariance("Pair").Fit(Rows()).Transform(Rows());
        OnnxModel frozen = OnnxModel.Load(bytes).Frozen("*"), learned = OnnxModel.Load(bytes).Frozen("dense1.*");
        float[] before = learned.Parameters.Single(p => p.Name == "dense1.weight").Value.ToArray<float>();

        Assert.InRange(Accuracy(frozen, new Dense(3, 3, random) { Name = "head" }), 0.4, 1);
        double accuracy = Accuracy(learned, null);
        Assert.InRange(accuracy, 0.9, 1);
        Assert.Equal(before, learned.Parameters.Single(p => p.Name == "dense1.weight").Value.ToArray<float>());

        IDataView Rows() => TrainingData.Keyed(ml, TrainingData.Rows());

        double Accuracy(OnnxModel file, Module? head)
        {
            using NeuralNetworkTransformer model = ml.TrainNetwork(
                _ => new NetworkPlan
                {
                    Model = head is null ? new SignatureModel(file.Inference) : new Sequential(new SignatureModel(file.Inference), head),
                    Loss = new SoftmaxCrossEntropy(),
                    Score = x => x.Softmax(),
                },
                new NetworkOptions { FeatureColumns = ["Pair"], LabelColumn = "Kind", Standardize = false, Optimizer = new Adam { LearningRate = 0.02 }, Epochs = 40, Seed = 3 }).Fit(data);
            float[][] scores = [.. model.Transform(data).GetColumn<float[]>("Score")];
            Assert.All(scores, score => Assert.Equal(1, score.Sum(), 1e-4));
            string[] names = [.. data.GetColumn<string>("Name")];
            return names.Zip(scores).Average(p => TrainingData.Kinds[p.Second.IndexOf(p.Second.Max())] == p.First ? 1.0 : 0.0);
        }
    }
}
