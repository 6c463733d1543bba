using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Onnx;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// Writes a transformer as a chain of ML.NET's own ones (copy columns, apply the ONNX model, copy back, drop), so that a saved pipeline loads in any
/// application that has Microsoft.ML.OnnxTransformer.
/// </summary>
internal static class StockPipeline
{
    public static void Save(MLContext context, byte[] model, ScoreOnnxOptions options, ClassLabels? labels, DataViewSchema schema, ModelSaveContext ctx)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        try
        {
            using OnnxSession session = OnnxSession.Load(model);
            var binding = new ModelBinding(session, schema, options, labels);
            Require(session);
            File.WriteAllBytes(file, SavedOptions.Of(binding, labels).AppendTo(model));
            ITransformer chain = Chain(context, file, session, binding).Fit(new EmptyView(schema));
            ((ICanSaveModel)chain).Save(ctx);
            (chain as IDisposable)?.Dispose();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static EstimatorChain<ITransformer> Chain(
        MLContext context, string file, OnnxSession session, ModelBinding binding)
    {
        OutputColumn[] outputs = [.. binding.Columns.OfType<OutputColumn>()];
        var chain = new EstimatorChain<ITransformer>();
        var temporary = new List<string>();
        foreach (InputColumns input in binding.Inputs)
        {
            if (input.Columns is [var only] && only.Name == input.Input.Name)
            {
                continue;
            }

            temporary.Add(input.Input.Name);
            chain = input.Columns.Count == 1
                ? chain.Append<ITransformer>(context.Transforms.CopyColumns(input.Input.Name, input.Columns[0].Name))
                : chain.Append<ITransformer>(context.Transforms.Concatenate(input.Input.Name, [.. input.Columns.Select(c => c.Name)]));
        }

        chain = chain.Append<ITransformer>(context.Transforms.ApplyOnnxModel(new OnnxOptions
        {
            OutputColumns = [.. outputs.Select(o => o.Tensor.Name)],
            InputColumns = [.. session.Inputs.Select(i => i.Name)],
            ModelFile = file,
            ShapeDictionary = Shapes(session, binding),
        }));
        foreach (OutputColumn output in outputs)
        {
            string name = output.Tensor.Name;
            if (name != output.Name)
            {
                temporary.Add(name);
                chain = chain.Append<ITransformer>(context.Transforms.CopyColumns(output.Name, name));
            }
        }

        return temporary.Count == 0 ? chain : chain.Append<ITransformer>(context.Transforms.DropColumns([.. temporary]));
    }

    /// <summary>Shapes of one row, where the model itself leaves more than the batch open: the stock transformer finds no more than one size by itself.</summary>
    private static Dictionary<string, int[]>? Shapes(OnnxSession session, ModelBinding binding)
    {
        if (binding.Sizes.Count == 0)
        {
            return null;
        }

        TensorDescription[] tensors = [.. session.Inputs.Concat(session.Outputs)];
        return tensors.Where(t => t.Shape.Skip(1).All(d => d.Symbols.All(binding.Sizes.ContainsKey))).ToDictionary(
            t => t.Name, t => (int[])[1, .. t.Shape.Skip(1).Select(d => d.Evaluate(binding.Sizes))], StringComparer.Ordinal);
    }

    private static void Require(OnnxSession session)
    {
        if (session.Inputs.Concat(session.Outputs).FirstOrDefault(t => t.ElementType is TensorElementType.Float16 or TensorElementType.BFloat16) is { } half)
        {
            throw new ScoringException(
                $"A saved pipeline is read by Microsoft.ML.OnnxTransformer, which expects tensors of other types than float16 and bfloat16, found {half}; " +
                "save a model that casts at its edges.");
        }
    }

    private sealed class EmptyView(DataViewSchema schema) : IDataView
    {
        public bool CanShuffle => false;

        public DataViewSchema Schema => schema;

        public long? GetRowCount() => 0;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
            throw new ScoringException("A view without rows was read while a pipeline was saved.");

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];
    }
}
