namespace Toolkit.Modeling.Tests.Linear;

/// <summary>What linear regression with penalties, constraints and early stopping gives on a source of <see cref="RegressionData"/>: figures of independent programs,
/// for the made data with 40 digits, for the diabetes data in double precision; the knots of the latter are published.</summary>
/// <param name="Squares">‖y‖².</param>
/// <param name="Spectrum">The eigenvalues of XᵀX, ascending.</param>
/// <param name="LeastSquares">The least ‖Xw − y‖².</param>
/// <param name="LeastNorm">‖w‖ there.</param>
/// <param name="LeastThird">w₂ there.</param>
/// <param name="Ridge">α, ‖w‖, ‖Xw − y‖² and tr H of ½‖Xw − y‖² + ½α‖w‖².</param>
/// <param name="Knots">The knots of the lasso, and which column joins or leaves there; −1 at the end.</param>
/// <param name="Lasso">λ, and the least ½‖Xw − y‖² + λΣ|w|.</param>
/// <param name="At500">The w of the lasso at 500.</param>
/// <param name="At100">The w of the lasso at 100.</param>
/// <param name="Multiplier">The multiplier of the constraint ‖w‖ ≤ 300.</param>
/// <param name="Constrained">‖Xw − y‖² there.</param>
/// <param name="Descent">Steps of descent at 0.2 from 0, and ‖w‖ and ‖Xw − y‖² after them.</param>
internal sealed record RegressionFigures(
    double Squares,
    double[] Spectrum,
    double LeastSquares,
    double LeastNorm,
    double LeastThird,
    (double Strength, double Norm, double Squares, double Trace)[] Ridge,
    (double At, int Column, bool Joins)[] Knots,
    (double Strength, double Objective)[] Lasso,
    double[] At500,
    double[] At100,
    double Multiplier,
    double Constrained,
    (int Steps, double Norm, double Squares)[] Descent)
{
    public static RegressionFigures Of(string source) => source == RegressionData.Made ? Made : Diabetes;

    private static RegressionFigures Made { get; } = new(
        1736122.857529177,
        [0.0213907180197, 0.0943047199041, 0.522607050838, 0.650912942138, 0.666705070169, 0.865689462139, 1.01452288736, 1.27773096351, 2.02134200342, 2.8647941825],
        275611.8130180932,
        1482.1563780608,
        991.9608313765,
        [(0.1, 1076.076235197, 310930.4284054129, 7.8906141343), (1, 550.73904729691, 620042.3332729692, 4.18349209672), (10, 128.76968592094, 1366291.414086279, 0.860666087854)],
        [
            (931.073247554, 4, true), (765.99340896, 2, true), (696.530294344, 8, true), (436.873116223, 4, false), (234.595012565, 3, true), (199.759854923, 6, true),
            (150.338320693, 5, true), (113.998094041, 0, true), (105.259353494, 1, true), (21.8928177183, 7, true), (11.6363964677, 4, true), (2.4814982392, 9, true),
            (0, -1, false),
        ],
        [(500, 760280.615245125), (100, 375578.5953025058), (10, 168608.7895541817)],
        [0, 0, 283.024286455, 0, 49.7869152926, 0, 0, 0, 236.107579259, 0],
        [-23.3221417571, 6.92172317987, 698.22451235, 174.072755588, 0, 52.9772208682, -196.727044487, 0, 652.561522412, 0],
        3.1255559284272,
        987125.6270263917,
        [(10, 915.50029089045, 368936.7164048987), (100, 1359.1484543395, 278535.6402156317), (1000, 1481.1178652261, 275612.2684380936)]);

    private static RegressionFigures Diabetes { get; } = new(
        2621009.124434,
        [0.00856073, 0.07832002, 0.43368204, 0.53656565, 0.60271708, 0.66218139, 0.95547640, 1.20596626, 1.49231968, 4.02421075],
        1263985.785633,
        1377.84103907,
        519.845920,
        [(0.1, 799.53781094, 1277579.471087, 7.64172533), (1, 511.59512410, 1438329.531894, 3.94228406), (10, 145.48437363, 2126023.523997, 0.83170114)],
        [
            (949.435260, 2, true), (889.313785, 8, true), (452.895701, 3, true), (316.073379, 6, true), (130.129537, 1, true), (88.784299, 9, true), (68.964790, 4, true),
            (19.981165, 7, true), (5.477536, 5, true), (5.088236, 0, true), (2.182267, 6, false), (1.310441, 6, true), (0, -1, false),
        ],
        [(500, 1180485.602805), (100, 805850.372374), (10, 656133.310250)],
        [0, 0, 329.327315, 0, 0, 0, 0, 0, 269.205840, 0],
        [0, -54.589556, 509.809079, 222.516392, 0, 0, -154.622928, 0, 447.681614, 0],
        3.3061950600,
        1750208.936029,
        [(10, 785.03098567, 1282263.115235), (100, 877.39352264, 1271022.783518), (1000, 1232.64644674, 1264307.114370)]);
}
