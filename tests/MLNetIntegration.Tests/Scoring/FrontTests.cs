using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>What ML.NET's own exporter writes of a pipeline stands in front of a network, in one file.</summary>
public sealed class FrontTests
{
    private sealed class Row
    {
        public float Age { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [];
    }

    private static readonly Row[] Rows = [.. Enumerable.Range(0, 20).Select(i => new Row { Age = 20 + (3 * (i % 7)), Pair = [MathF.Sin(i), 100 + (i * i)] })];

    private static readonly string[] Columns = [nameof(Row.Age), nameof(Row.Pair)];

    [Theory]
    [InlineData("mean")]
    [InlineData("range")]
    public void A_pipeline_and_a_network_are_one_file_with_the_scores_of_both_in_sequence(string kind)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(Rows);
        IEstimator<ITransformer> last = kind == "mean" ? ml.Transforms.NormalizeMeanVariance("Features") : ml.Transforms.NormalizeMinMax("Features");
        TransformerChain<ITransformer> pipeline = ml.Transforms.Concatenate("Features", Columns).Append(last).Fit(data);
        using var stream = new MemoryStream();
        ml.Model.ConvertToOnnx(pipeline, data, stream);
        byte[] bytes = stream.ToArray();
        OnnxModel front = OnnxModel.Load(bytes);
        var random = new RandomSource(3);
        var network = new Sequential(new Dense(3, 8, random) { Activation = Ops.Tanh }, new Dense(8, 2, random)) { InputShape = [3] };
        Signature joined = front.Before(network.Inference, "Features.output");
        using OnnxSession first = OnnxSession.Load(bytes), second = OnnxSession.Load(OnnxExporter.Export(network.Inference)), both = OnnxSession.Load(OnnxExporter.Export(joined, front.ExportOptions));
        Function native = Function.Compile(joined);
        float[][] features = [.. pipeline.Transform(data).GetColumn<float[]>("Features")];
        for (int i = 0; i < Rows.Length; i++)
        {
            // The exporter adds an input that nothing needs.
            Value Given(string name) => name switch
            {
                nameof(Row.Age) => Value.Of([Rows[i].Age], 1, 1),
                nameof(Row.Pair) => Value.Of(Rows[i].Pair, 1, 2),
                _ => Value.Zeros(first.Inputs.Single(input => input.Name == name).Type.DType, 1, 1),
            };
            Value[] inputs = [.. both.Inputs.Select(input => Given(input.Name))];
            int at = first.Outputs.ToList().FindIndex(output => output.Name == "Features.output");
            Value between = first.Run([.. first.Inputs.Select(input => Given(input.Name))])[at];
            Assert.All(features[i].Zip(between.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            float[] expected = second.Run(between)[0].ToArray<float>();
            Assert.All(expected.Zip(both.Run(inputs)[0].ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            Assert.All(expected.Zip(native.Run([.. joined.Inputs.Select(input => Given(input.Name!))])[0].ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }

        // The whole is differentiated like any other computation, the pipeline's own numbers included.
        Parameter[] learned = [.. joined.Parameters.Where(parameter => parameter.Role != ParameterRole.State)];
        IReadOnlyList<Variable> gradients = Gradient.Of(Ops.Sum(joined.Outputs[0].Variable.Square()), [.. learned.Select(parameter => parameter.Variable)]);
        Value[] found = Function.Compile(joined.Inputs, gradients).Run([.. joined.Inputs.Select(input => input.Name == nameof(Row.Age) ? Value.Of([30f], 1, 1) : Value.Of([1f, 120f], 1, 2))]);
        Assert.All(found, gradient => Assert.Contains(gradient.ToArray<float>(), number => number != 0 && float.IsFinite(number)));
    }

    /// <summary>A whole pipeline, keys of texts among it, is one file that takes the columns of the data.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_trained_network_and_what_stands_before_it_are_one_file(bool isPlain)
    {
        var ml = new MLContext(seed: 1);
        Flat[] flats = [.. Enumerable.Range(0, 200).Select(i => new Flat { Area = 30 + (i % 90), Year = i % 10 == 0 ? float.NaN : 1920 + (i % 100), Place = i % 3 == 0 ? "bay" : i % 3 == 1 ? "coast" : "hills", Rent = 10 * i })];
        IDataView data = ml.Data.LoadFromEnumerable(flats);
        string[] features = isPlain ? ["Scaled", "Year"] : ["Scaled", "PlaceKey", "Year"];
        TransformerChain<NeuralNetworkTransformer> pipeline = ml.Transforms.NormalizeMinMax("Scaled", "Area").Append(ml.Transforms.Conversion.MapValueToKey("PlaceKey", "Place"))
            .Append(ml.Regression.NeuralNetwork(new() { FeatureColumns = features, LabelColumn = "Rent", MissingFeatures = MissingFeatures.Impute, HiddenUnits = [6], Epochs = 3, Seed = 2 })).Fit(data);
        using var stream = new MemoryStream();
        ml.Model.ConvertToOnnx(new TransformerChain<ITransformer>([.. ((IEnumerable<ITransformer>)pipeline).SkipLast(1)]), data, stream);
        OnnxModel front = OnnxModel.Load(stream.ToArray());
        Flat[] rows = [.. flats.Take(12), new Flat { Area = 50, Year = 1950, Place = "nowhere" }];
        float[] expected = [.. pipeline.Transform(ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];

        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(pipeline.LastTransformer.Behind(front)));
        Assert.Equal(isPlain ? ["Area", "Year"] : ["Area", "Year", "Place"], session.Inputs.Select(input => input.Name));
        Value[] columns = [Value.Of([.. rows.Select(row => row.Area)], rows.Length, 1), Value.Of([.. rows.Select(row => row.Year)], rows.Length, 1), Value.Of([.. rows.Select(row => row.Place)], rows.Length, 1)];
        Assert.All(expected.Zip(session.Run(columns.AsSpan(0, session.Inputs.Count))[0].ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 0.01));
        Assert.Contains("\"Scaled.output\"", Assert.Throws<ArgumentException>(() => pipeline.LastTransformer.Behind(OnnxModel.Load(OnnxExporter.Export(pipeline.LastTransformer.Inference)))).Message, StringComparison.Ordinal);
        pipeline.LastTransformer.Dispose();
    }

    private sealed class Flat
    {
        public float Area { get; set; }

        public float Year { get; set; }

        public string Place { get; set; } = "";

        public float Rent { get; set; }
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_both_names()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 2]), z = Variable.Input("z", DType.Float32, ["m", 3]), other = Variable.Input("other", DType.Float32, ["m", 2]);
        OnnxModel front = OnnxModel.Load(OnnxExporter.Export(new Signature([x], [new Output("y", x.Tanh()), new Output("w", x.Exp())])));
        Assert.Contains("\"z\"", Assert.Throws<ArgumentException>(() => front.Before(new Signature([z], [new Output("s", z.Tanh())]), "y")).Message, StringComparison.Ordinal);
        Assert.Contains("\"v\"", Assert.Throws<ArgumentException>(() => front.Before(new Signature([other], [new Output("s", other.Tanh())]), "v")).Message, StringComparison.Ordinal);
        Assert.Contains("one input", Assert.Throws<ArgumentException>(() => front.Before(new Signature([z, other], [new Output("s", z.Tanh())]), "y")).Message, StringComparison.Ordinal);
        Assert.Equal(["s"], front.Before(new Signature([other], [new Output("s", other.Tanh())]), "y").Outputs.Select(output => output.Name));
    }
}
