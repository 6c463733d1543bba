using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// Writes a transformer as a chain of ML.NET's own ones (copy columns, apply the ONNX model, copy back, drop), so that a saved pipeline loads in any
/// application that has Microsoft.ML.OnnxTransformer.
/// </summary>
internal static class StockPipeline
{
    public static void Save(MLContext context, byte[] model, ScoreOnnxOptions options, DataViewSchema schema, ModelSaveContext ctx)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        try
        {
            using OnnxSession session = OnnxSession.Load(model);
            IReadOnlyList<InputColumns> inputs = InputColumns.Match(session, schema, options);
            IReadOnlyList<OutputColumn> outputs = OutputColumn.Of(session, options);
            File.WriteAllBytes(file, SavedOptions.Of(inputs, options).AppendTo(model));
            ITransformer chain = Chain(context, file, session, inputs, outputs).Fit(new EmptyView(schema));
            ((ICanSaveModel)chain).Save(ctx);
            (chain as IDisposable)?.Dispose();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static EstimatorChain<ITransformer> Chain(
        MLContext context, string file, OnnxSession session, IReadOnlyList<InputColumns> inputs, IReadOnlyList<OutputColumn> outputs)
    {
        var chain = new EstimatorChain<ITransformer>();
        var temporary = new List<string>();
        foreach (InputColumns input in inputs)
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

        chain = chain.Append<ITransformer>(context.Transforms.ApplyOnnxModel(
            [.. session.Outputs.Select(o => o.Name)], [.. session.Inputs.Select(i => i.Name)], file));
        foreach (OutputColumn output in outputs)
        {
            string name = session.Outputs[output.Output].Name;
            if (name != output.Name)
            {
                temporary.Add(name);
                chain = chain.Append<ITransformer>(context.Transforms.CopyColumns(output.Name, name));
            }
        }

        return temporary.Count == 0 ? chain : chain.Append<ITransformer>(context.Transforms.DropColumns([.. temporary]));
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
