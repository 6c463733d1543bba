using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// Adds the tokens of a text. Plain ML.NET has no transformer that does: it is saved as a place in a chain where nothing is done, and the tokenizer with the options of the model that
/// reads the tokens. There <see cref="OnnxScoringCatalog.LoadBatched"/> finds both.
/// </summary>
internal sealed class TokenTransformer(TokenColumn column) : ITransformer
{
    public bool IsRowToRowMapper => true;

    /// <summary>Whether a transformer that was loaded marks the place of one: a chain of nothing but an empty chain, which nobody has reason to make.</summary>
    public static bool IsPlace(ITransformer loaded) => loaded is IEnumerable<ITransformer> chain && chain.ToArray() is [IEnumerable<ITransformer> inner] && !inner.Any();

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => column.AddTo(inputSchema);

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new AddedColumnMapper(inputSchema, column);

    public IDataView Transform(IDataView input) => new AddedColumnView(input, column);

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)new TransformerChain<ITransformer>(new TransformerChain<ITransformer>())).Save(ctx);
}
