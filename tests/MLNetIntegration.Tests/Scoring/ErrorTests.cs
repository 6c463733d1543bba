using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Serving;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

public sealed class ErrorTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void A_missing_column_is_named_with_those_that_are_there()
    {
        byte[] model = RawModel.Identity(RawModel.Tensor("x", DataType.Float, "batch", 3), RawModel.Tensor("id", DataType.Int64, "batch"));
        Refused<ScoringException>(() => Ml.ScoreOnnx(model).Fit(Data()), "\"id\"", "Int64", "\"x\" (Vector<Single, 3>)", "\"Text\" (String)");
        var named = new ScoreOnnxOptions { Inputs = new Dictionary<string, IReadOnlyList<string>> { ["x"] = ["gone"] } };
        Refused<ScoringException>(() => Ml.ScoreOnnx(model, named).Fit(Data()), "expects a column \"gone\"");
        var stranger = new ScoreOnnxOptions { Inputs = new Dictionary<string, IReadOnlyList<string>> { ["y"] = ["x"] } };
        Refused<ScoringException>(() => Ml.ScoreOnnx(model, stranger).Fit(Data()), "\"y\"", "inputs are \"x\", \"id\"");
        var output = new ScoreOnnxOptions { SelectedOutputs = ["z"] };
        Refused<ScoringException>(() => Ml.ScoreOnnx(Model, output).Fit(Data()), "\"z\"", "outputs are \"x_out\"");
    }

    [Fact]
    public void A_wrong_type_or_length_is_named_with_what_was_expected()
    {
        var text = new ScoreOnnxOptions { Inputs = new Dictionary<string, IReadOnlyList<string>> { ["x"] = ["Text"] } };
        Refused<ScoringException>(() => Ml.ScoreOnnx(Model, text).Fit(Data()), "expects a column of Single", "\"Text\" of type String");
        var twice = new ScoreOnnxOptions { Inputs = new Dictionary<string, IReadOnlyList<string>> { ["x"] = ["x", "x"] } };
        Refused<ScoringException>(() => Ml.ScoreOnnx(Model, twice).Fit(Data()), "expects 3 elements per row, found 6");
    }

    [Fact]
    public void Not_a_number_goes_in_is_refused_or_replaced_by_the_policy()
    {
        IDataView data = Data(float.NaN);
        using BatchOnnxTransformer allow = Ml.ScoreOnnx(Model).Fit(data);
        Assert.Equal([0, float.NaN, 2], allow.Transform(data).GetColumn<float[]>("x_out").ElementAt(1));
        using BatchOnnxTransformer replace = Ml.ScoreOnnx(Model, new ScoreOnnxOptions { NaNPolicy = NaNPolicy.Replace, NaNReplacement = -7 }).Fit(data);
        Assert.Equal([0, -7, 2], replace.Transform(data).GetColumn<float[]>("x_out").ElementAt(1));
        using BatchOnnxTransformer error = Ml.ScoreOnnx(Model, new ScoreOnnxOptions { NaNPolicy = NaNPolicy.Error }).Fit(data);
        Refused<ScoringException>(() => error.Transform(data).GetColumn<float[]>("x_out").Count(), "\"x\"", "not-a-number at element 1 in row 1");
    }

    [Fact]
    public void Not_a_number_in_a_double_column_follows_the_policy_too()
    {
        byte[] model = RawModel.Identity(RawModel.Tensor("D", DataType.Double, "batch"));
        IDataView data = Ml.Data.LoadFromEnumerable([new Number { D = double.NaN }]);
        using BatchOnnxTransformer replace = Ml.ScoreOnnx(model, new ScoreOnnxOptions { NaNPolicy = NaNPolicy.Replace, NaNReplacement = 0.1 }).Fit(data);
        Assert.Equal([0.1], replace.Transform(data).GetColumn<double>("D_out"));
        using BatchOnnxTransformer error = Ml.ScoreOnnx(model, new ScoreOnnxOptions { NaNPolicy = NaNPolicy.Error }).Fit(data);
        Refused<ScoringException>(() => error.Transform(data).GetColumn<double>("D_out").Count(), "\"D\"", "row 0");
    }

    [Theory]
    [InlineData(false, 65519f, 65520f)]
    [InlineData(false, -65519f, -7e4f)]
    [InlineData(true, 3.38e38f, 3.4e38f)]
    [InlineData(true, -3.38e38f, -3.4e38f)]
    public void What_a_half_type_holds_as_infinite_goes_in_only_where_not_a_number_does(bool isBrain, float most, float beyond)
    {
        byte[] model = RawModel.Identity(RawModel.Tensor("x", isBrain ? DataType.Bfloat16 : DataType.Float16, "batch", 3));
        foreach ((float number, NaNPolicy policy, bool refused) in new[]
        {
            (most, NaNPolicy.Error, false), (beyond, NaNPolicy.Error, true), (beyond, NaNPolicy.Replace, true), (beyond, NaNPolicy.Allow, false),
            (float.PositiveInfinity, NaNPolicy.Error, false),
        })
        {
            IDataView data = Data(number);
            using BatchOnnxTransformer scoring = Ml.ScoreOnnx(model, new ScoreOnnxOptions { NaNPolicy = policy }).Fit(data);
            void Score() => _ = scoring.Transform(data).GetColumn<float[]>("x_out").Count();
            if (refused)
            {
                Refused<ScoringException>(Score, "\"x\"", $"found {number} at element 1 in row 1");
            }
            else
            {
                Score();
            }
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1e39)]
    [InlineData(double.NegativeInfinity)]
    public void What_takes_the_place_of_not_a_number_is_finite(double number) => Assert.Throws<ArgumentOutOfRangeException>("NaNReplacement", () =>
        Ml.ScoreOnnx(Model, new ScoreOnnxOptions { NaNPolicy = NaNPolicy.Replace, NaNReplacement = number }).Fit(Data()));

    [Fact]
    public void What_is_no_ONNX_model_is_refused()
    {
        foreach (byte[] bytes in new byte[][] { [1, 2, 3, 4], [], Encoding.ASCII.GetBytes(new string('h', 200)) })
        {
            Refused<ServingException>(() => Ml.ScoreOnnx(bytes).Fit(Data()), $"{bytes.Length} bytes", "Expected an ONNX model, found something else");
        }
    }

    [Fact]
    public void An_opset_or_file_format_too_new_names_both_versions()
    {
        string version = Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString();
        Refused<ServingException>(() => Ml.ScoreOnnx(Stamped(999, 8)).Fit(Data()), "found opset 999", $"installed ONNX Runtime {version}", "ai.onnx up to opset ");
        Refused<ServingException>(() => Ml.ScoreOnnx(Stamped(17, 99)).Fit(Data()), "found IR version 99", $"installed ONNX Runtime {version}");
    }

    [Fact]
    public void CUDA_that_is_absent_is_an_error_or_a_stated_fallback()
    {
        var cuda = new ScoreOnnxOptions { Serving = new ServingOptions { Provider = Provider.Cuda() } };
        if (Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            Assert.Skip("CUDA is present.");
        }

        Refused<ProviderUnavailableException>(() => Ml.ScoreOnnx(Model, cuda).Fit(Data()), "CUDA:0", "Microsoft.ML.OnnxRuntime.Gpu", "CPUExecutionProvider");
        using BatchOnnxTransformer fallback = Ml.ScoreOnnx(Model, cuda with { Serving = cuda.Serving with { AllowFallback = true } }).Fit(Data());
        Assert.Equal(Provider.Cpu, fallback.Session.ActiveProvider);
        Assert.Contains("CUDA:0", fallback.Session.FallbackReason, StringComparison.Ordinal);
        Assert.Equal(100, fallback.Transform(Data()).GetColumn<float[]>("x_out").Count());
    }

    [Fact]
    public void A_disposed_transformer_says_so_to_cursors_splits_and_engines()
    {
        IDataView data = Data();
        BatchOnnxTransformer transformer = Ml.ScoreOnnx(Model).Fit(data);
        IDataView scored = transformer.Transform(data);
        using DataViewRowCursor open = scored.GetRowCursor(scored.Schema);
        Assert.True(open.MoveNext());
        PredictionEngine<Row, Scored> engine = Ml.Model.CreatePredictionEngine<Row, Scored>(transformer);
        engine.Predict(new Row { x = [1, 2, 3] });
        transformer.Dispose();
        transformer.Dispose();
        Refused<ObjectDisposedException>(
            () =>
            {
                while (open.MoveNext())
                {
                }
            },
            "BatchOnnxTransformer");
        Refused<ObjectDisposedException>(() => engine.Predict(new Row { x = [1, 2, 3] }), "BatchOnnxTransformer");
        Refused<ObjectDisposedException>(() => scored.GetRowCursor(scored.Schema), "BatchOnnxTransformer");
        Refused<ObjectDisposedException>(() => scored.GetRowCursorSet(scored.Schema, 2), "BatchOnnxTransformer");
    }

    [Fact]
    public void An_output_without_the_batch_as_first_dimension_is_refused()
    {
        byte[] shape = RawModel.Of(
            [RawModel.Tensor("x", DataType.Float, "batch", 3)], [RawModel.Tensor("s", DataType.Int64, "axes")], [RawModel.Node("Shape", ["x"], "s")]);
        Refused<ScoringException>(() => Ml.ScoreOnnx(shape).Fit(Data()), "\"s\"", "batch is \"batch\"", "SelectedOutputs");
        byte[] scalar = RawModel.Of([RawModel.Tensor("x", DataType.Float, "batch", 3)], [RawModel.Tensor("n", DataType.Int64)], [RawModel.Node("Size", ["x"], "n")]);
        Refused<ScoringException>(() => Ml.ScoreOnnx(scalar).Fit(Data()), "SelectedOutputs");
        byte[] fixedBatch = RawModel.Identity(RawModel.Tensor("x", DataType.Float, 5, 3));
        Refused<ScoringException>(() => Ml.ScoreOnnx(fixedBatch).Fit(Data()), "first dimension, and no other, is the batch");
    }

    private static byte[] Model => RawModel.Identity(RawModel.Tensor("x", DataType.Float, "batch", 3));

    private static byte[] Stamped(int opset, int irVersion) => RawModel.Of(
        [RawModel.Tensor("x", DataType.Float, "batch", 3)], [RawModel.Tensor("y", DataType.Float, "batch", 3)], [RawModel.Node("Identity", ["x"], "y")], opset, irVersion);

    private static void Refused<T>(Action action, params string[] words)
        where T : Exception
    {
        T error = Assert.Throws<T>(action);
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    private static void Refused<T>(Func<object> action, params string[] words)
        where T : Exception => Refused<T>(() => { _ = action(); }, words);

    private static IDataView Data(float middle = 1) => Ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, 100).Select(i => new Row { x = i % 2 == 0 ? [0, 1, 2] : [0, middle, 2], Text = $"{i}" }).ToArray());

    private sealed class Row
    {
        [VectorType(3)]
        public float[] x { get; set; } = [];

        public string Text { get; set; } = string.Empty;
    }

    private sealed class Scored
    {
        [VectorType(3)]
        public float[] x_out { get; set; } = [];
    }

    private sealed class Number
    {
        public double D { get; set; }
    }
}
