using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>The axis of rows is found by what a model declares, not by sizes that happen to agree.</summary>
public sealed class BatchAxisTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void An_output_with_the_batch_on_its_second_axis_is_refused_by_name()
    {
        ScoringException error = Refused([RawModel.Tensor("X", DataType.Float, "n", 2)], [RawModel.Tensor("Turned", DataType.Float, 2, "n")], "Transpose");
        Assert.Contains("\"Turned\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("batch is \"n\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_is_turned_and_has_two_symbols_is_refused_by_name() => Assert.Contains(
        "\"Turned\"",
        Refused([RawModel.Tensor("X", DataType.Float, "n", "width")], [RawModel.Tensor("Turned", DataType.Float, "width", "n")], "Transpose").Message,
        StringComparison.Ordinal);

    [Fact]
    public void An_input_with_the_batch_on_two_axes_is_refused_by_name() => Assert.Contains(
        "\"X\"",
        Refused([RawModel.Tensor("X", DataType.Float, "n", "n")], [RawModel.Tensor("Y", DataType.Float, "n", "n")], "Identity").Message,
        StringComparison.Ordinal);

    [Fact]
    public void An_output_of_two_numbers_whatever_the_rows_is_refused_by_name() => Assert.Contains(
        "\"Sizes\"",
        Refused([RawModel.Tensor("X", DataType.Float, "n", 2)], [RawModel.Tensor("Sizes", DataType.Int64, 2)], "Shape").Message,
        StringComparison.Ordinal);

    [Fact]
    public void Outputs_that_are_refused_can_be_left_out_and_batches_of_other_names_are_the_first_axis()
    {
        byte[] model = RawModel.Of(
            [RawModel.Tensor("X", DataType.Float, "n", 2)],
            [RawModel.Tensor("Turned", DataType.Float, 2, "n"), RawModel.Tensor("Y", DataType.Float, "unk__1", 2)],
            [RawModel.Node("Transpose", ["X"], "Turned"), RawModel.Node("Identity", ["X"], "Y")]);
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model, new ScoreOnnxOptions { SelectedOutputs = ["Y"], BatchSize = 2 }).Fit(Data());
        Assert.Equal([[0, 10], [1, 11]], transformer.Transform(Data()).GetColumn<float[]>("Y"));
    }

    private static ScoringException Refused(ValueInfoProto[] inputs, ValueInfoProto[] outputs, string operation)
    {
        byte[] model = RawModel.Of(inputs, outputs, [RawModel.Node(operation, [inputs[0].Name], outputs[0].Name)]);
        return Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(model).Fit(Data()));
    }

    private static IDataView Data() => Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 2).Select(i => new Row { X = [i, 10 + i] }).ToArray());

    private sealed class Row
    {
        [VectorType(2)]
        public float[] X { get; set; } = [];
    }
}
